package io.handoff.netty.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.AckStream;
import io.handoff.netty.OfferStream;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What WIRE §5 and §6 let a backend answer to a script, found without the code under test. */
final class PipelineRules {

    private static final String ACCEPTED = "";
    private static final String NOT_PENDING = "handoff token is not pending";

    private final PipelineScript script;
    private final OfferStream stream;
    private final Set<HandoffToken> pending = new HashSet<>(PipelineScript.PENDING);
    private final List<Answer> answers = new ArrayList<>();
    private long nowMillis;
    private boolean hasEnded;

    /** An offer, and the details that its ACK may have. */
    private record Answer(HandoffOffer offer, Set<String> details) {}

    PipelineRules(PipelineScript script) {
        this.script = script;
        this.stream = new OfferStream(script.maxFrameLength());
        script.steps().forEach(this::take);
    }

    private void take(PipelineScript.Step step) {
        if (step instanceof PipelineScript.Passes passes) {
            nowMillis += passes.millis();
        } else if (step instanceof PipelineScript.Ends) {
            hasEnded = true;
        } else if (step instanceof PipelineScript.Arrives arrives && !hasEnded) {
            stream.receive(arrives.bytes()).forEach(offer -> answers.add(new Answer(offer, detailsFor(offer))));
        }
    }

    private Set<String> detailsFor(HandoffOffer offer) {
        int length = offer.getToken().size();
        if (length != HandoffToken.BYTES) {
            return Set.of(
                    length == 0
                            ? "handoff token is missing"
                            : "handoff token length was " + length + " bytes; expected 16");
        }
        if (!offer.getUnread().isEmpty() || !offer.getState().isEmpty()) {
            return Set.of("handoff state is not accepted here");
        }
        if (!script.admits(offer.getCorrelationId())) {
            return Set.of(PipelineScript.NOT_ADMITTED);
        }
        HandoffToken presented = HandoffToken.ofBytes(offer.getToken().toByteArray());
        HandoffToken expected = script.expectedToken().orElse(presented);
        if (nowMillis >= HandoffTokenStore.DEFAULT_TIME_TO_LIVE.toMillis()) {
            // Which of them depends on who has looked before.
            return Set.of(NOT_PENDING, "handoff token expired");
        }
        if (!pending.contains(expected)) {
            return Set.of(NOT_PENDING);
        }
        if (!expected.equals(presented)) {
            return Set.of("handoff token mismatch");
        }
        pending.remove(expected);
        return Set.of(ACCEPTED);
    }

    void check(PipelineVerdict verdict) {
        List<HandoffAck> acks = AckStream.read(verdict.sent().toByteArray());
        assertThat(acks).as("ACKs for %s offers", answers.size()).hasSizeLessThanOrEqualTo(answers.size());
        assertThat(verdict.answers()).hasSameSizeAs(acks);
        for (int i = 0; i < acks.size(); i++) {
            HandoffAck ack = acks.get(i);
            Answer answer = answers.get(i);
            assertThat(AckStream.isAnswerTo(answer.offer(), ack))
                    .as("ACK %s answers offer %s", i, i)
                    .isTrue();
            assertThat(answer.details()).contains(ack.getErrorDetail());
        }
        if (verdict.isOpen()) {
            assertThat(acks).as("no offer is left without its ACK").hasSameSizeAs(answers);
            assertThat(stream.isBroken() || hasEnded).isFalse();
        }
        long accepted = acks.stream().filter(HandoffAck::getAccepted).count();
        if (nowMillis < HandoffTokenStore.DEFAULT_TIME_TO_LIVE.toMillis()) {
            assertThat(verdict.pending() + accepted)
                    .as("each acceptance has consumed one token")
                    .isEqualTo(PipelineScript.PENDING.size());
        }
    }
}
