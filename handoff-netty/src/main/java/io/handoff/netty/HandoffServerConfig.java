package io.handoff.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link HandoffServer}; {@link HandoffServer.Builder} documents and validates each. */
record HandoffServerConfig(
        Path path,
        @Nullable SocketActivation activation,
        @Nullable EventLoopGroup controlLoops,
        int maxConnections,
        int maxFrameLength,
        int maxLargeFrameBytes,
        Duration offerTimeout,
        int maxPendingTokens,
        Duration tokenTimeToLive,
        Set<HandoffToken> pendingTokens,
        ExpectedTokenPolicy expectedTokens,
        DescriptorPolicy descriptors,
        @Nullable EventLoopGroup workers,
        @Nullable ChannelHandler initializer,
        SocketCalls socketCalls,
        PeerPolicy peerPolicy,
        OfferAdmission admission,
        HandoffListener listener) {}
