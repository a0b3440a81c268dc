package io.handoff.netty.backend;

import io.handoff.netty.answer.OfferAdmission;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** What a builder has been told; only its package can read it. */
public record BuilderSettings(
        Path path,
        boolean socketActivation,
        int maxConnections,
        int maxFrameLength,
        int maxLargeFrameBytes,
        int maxStateBytes,
        Duration offerTimeout,
        int maxPendingTokens,
        Duration tokenTimeToLive,
        Set<HandoffToken> pendingTokens,
        DescriptorPolicy descriptors,
        ExpectedTokenPolicy expectedTokens,
        PeerPolicy peerPolicy,
        OfferAdmission admission,
        HandoffListener listener) {

    public static BuilderSettings of(HandoffServerBuilder builder) {
        return new BuilderSettings(
                builder.path,
                builder.activation != null,
                builder.maxConnections,
                builder.maxFrameLength,
                builder.maxLargeFrameBytes,
                builder.maxStateBytes,
                builder.offerTimeout,
                builder.maxPendingTokens,
                builder.tokenTimeToLive,
                builder.pendingTokens,
                builder.descriptors,
                builder.expectedTokens,
                builder.peerPolicy,
                builder.admission,
                builder.listener);
    }
}
