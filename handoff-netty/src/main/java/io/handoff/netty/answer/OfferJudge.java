package io.handoff.netty.answer;

import io.handoff.netty.adoption.CarriedDescriptor;
import io.handoff.netty.adoption.ConnectionAdopter;
import io.handoff.netty.observe.ProgramFailureLog;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.Offer;
import io.handoff.netty.wire.Rejections;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is judged of an offer before its token is consumed: whether there is a place for it, the token's length, the descriptor that came with it, how much
 * travels with that, the program's say, and which token is expected. The first refusal decides.
 */
final class OfferJudge {

    private final ExpectedTokenPolicy expectedTokens;
    private final OfferAdmission admission;
    private final HandoffPeer peer;
    private final ProgramFailureLog failures;
    private @Nullable HandoffRejection refusal;
    private final @Nullable CarriedDescriptor carried;
    private final @Nullable ConnectionAdopter adopter;

    OfferJudge(
            ExpectedTokenPolicy expectedTokens,
            OfferAdmission admission,
            HandoffPeer peer,
            ProgramFailureLog failures,
            @Nullable HandoffRejection refusal,
            @Nullable CarriedDescriptor carried,
            @Nullable ConnectionAdopter adopter) {
        this.expectedTokens = expectedTokens;
        this.admission = admission;
        this.peer = peer;
        this.failures = failures;
        this.refusal = refusal;
        this.carried = carried;
        this.adopter = adopter;
    }

    /** From now on the offer is refused in any case. */
    void refuse(HandoffRejection refusal) {
        this.refusal = refusal;
    }

    /** Why the offer is refused, whatever the store says of its token; null if it is not. */
    @Nullable
    HandoffRejection refusalOf(Offer offer) {
        if (refusal != null) {
            return refusal;
        }
        if (offer.tokenLength() != HandoffToken.BYTES) {
            return Rejections.tokenLength(offer.tokenLength());
        }
        HandoffRejection unfit = carried == null ? null : refusalOf(carried, offer);
        if (unfit == null) {
            unfit = refusalOfState(offer);
        }
        return unfit == null ? refusalByProgram(offer) : unfit;
    }

    /** Without a connection there is nothing that it could travel with. */
    private @Nullable HandoffRejection refusalOfState(Offer offer) {
        int maxBytes = carried == null || adopter == null ? 0 : adopter.maxStateBytes();
        long bytes = offer.carriedBytes();
        return bytes <= maxBytes ? null : Rejections.stateNotTaken(bytes, maxBytes);
    }

    private @Nullable HandoffRejection refusalOf(CarriedDescriptor carried, Offer offer) {
        HandoffRejection mismatch = carried.refusalOf(offer.token());
        return mismatch == null && adopter != null ? adopter.refusalOf(carried.descriptor()) : mismatch;
    }

    private @Nullable HandoffRejection refusalByProgram(Offer offer) {
        try {
            Optional<String> said = admission.refusal(offer, peer);
            return said.map(Rejections::notAdmitted).orElse(null);
        } catch (Throwable e) { // The program may throw anything; the broker is answered all the same.
            failures.admissionFailed(offer, e);
            return Rejections.ADMISSION_FAILED;
        }
    }

    /** The token that the offer has to present; null if there is none that would do. */
    @Nullable
    HandoffToken expectedFor(Offer offer) {
        return expectedTokens.expectedFor(offer.token(), carried == null ? null : carried.token());
    }
}
