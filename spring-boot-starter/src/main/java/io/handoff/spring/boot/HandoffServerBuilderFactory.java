package io.handoff.spring.boot;

import io.handoff.netty.answer.OfferAdmission;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.backend.PeerPolicy;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import java.nio.file.Path;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.unit.DataSize;

/** Describes a server as the properties and the program's beans say. A builder serves for one start, so each start asks for a new one. */
final class HandoffServerBuilderFactory {

    private final HandoffBackendProperties properties;
    private final ObjectProvider<ExpectedTokenPolicy> expectedTokens;
    private final ObjectProvider<PeerPolicy> peerPolicy;
    private final ObjectProvider<OfferAdmission> admission;
    private final ObjectProvider<HandoffListener> listener;

    HandoffServerBuilderFactory(
            HandoffBackendProperties properties,
            ObjectProvider<ExpectedTokenPolicy> expectedTokens,
            ObjectProvider<PeerPolicy> peerPolicy,
            ObjectProvider<OfferAdmission> admission,
            ObjectProvider<HandoffListener> listener) {
        this.properties = properties;
        this.expectedTokens = expectedTokens;
        this.peerPolicy = peerPolicy;
        this.admission = admission;
        this.listener = listener;
    }

    /** Where the server is to listen. A property without a value is an empty path, which the server does not take. */
    Path socket() {
        return Objects.requireNonNullElse(properties.getSocket(), Path.of(""));
    }

    /**
     * Makes a builder that lacks nothing but where connections are adopted into.
     *
     * @throws HandoffStartException if a property has a value that the builder does not take, or nothing can be handed off here
     */
    HandoffServerBuilder create() {
        try {
            return configured(HandoffServer.builder(socket()));
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            throw new HandoffStartException(socket(), e);
        }
    }

    private HandoffServerBuilder configured(HandoffServerBuilder builder) {
        PropertyMapper map = PropertyMapper.get();
        map.from(properties::isSocketActivation).whenTrue().toCall(builder::socketActivation);
        map.from(properties::getMaxConnections).to(builder::maxConnections);
        map.from(properties::getMaxFrameLength)
                .as(HandoffServerBuilderFactory::bytes)
                .to(builder::maxFrameLength);
        map.from(properties::getMaxLargeFrameBytes)
                .as(HandoffServerBuilderFactory::bytes)
                .to(builder::maxLargeFrameBytes);
        map.from(properties::getMaxStateBytes)
                .as(HandoffServerBuilderFactory::bytes)
                .to(builder::maxStateBytes);
        map.from(properties::getOfferTimeout).to(builder::offerTimeout);
        map.from(properties::getMaxPendingTokens).to(builder::maxPendingTokens);
        map.from(properties::getTokenTimeToLive).to(builder::tokenTimeToLive);
        builder.pendingTokens(
                properties.getPendingTokens().stream().map(HandoffToken::ofHex).toList());
        map.from(properties::getDescriptors).to(builder::descriptors);
        builder.expectedTokens(expectedTokens.getIfAvailable(properties.getExpectedTokens()::policy));
        peerPolicy.ifAvailable(builder::peerPolicy);
        admission.ifAvailable(builder::admission);
        listener.ifAvailable(builder::listener);
        return builder;
    }

    /** The builder takes no more than fits, and says so. */
    private static int bytes(DataSize size) {
        return (int) Math.min(size.toBytes(), Integer.MAX_VALUE);
    }
}
