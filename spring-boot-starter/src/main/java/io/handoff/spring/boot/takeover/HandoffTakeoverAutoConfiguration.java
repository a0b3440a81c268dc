package io.handoff.spring.boot.takeover;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.takeover.HandoffTakeover;
import io.handoff.netty.takeover.HandoffTakeoverBuilder;
import io.handoff.spring.boot.HandoffBackendAutoConfiguration;
import io.handoff.spring.boot.HandoffServerLifecycle;
import java.nio.file.Path;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.Assert;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;

/**
 * Auto-configuration of the takeover. An application that serves handed-off connections goes on with the WebSockets of its predecessor. It moves
 * its own if {@code handoff.takeover.socket} is set, too.
 */
@AutoConfiguration(after = HandoffBackendAutoConfiguration.class)
@ConditionalOnBean(HandoffServerLifecycle.class)
@EnableConfigurationProperties(HandoffTakeoverProperties.class)
public final class HandoffTakeoverAutoConfiguration {

    HandoffTakeoverAutoConfiguration() {}

    @Bean
    MovableWebSocketAdapter movableWebSocketAdapter(
            ObjectProvider<MovableWebSockets> webSockets, ObjectProvider<WebSocketHandlerAdapter> adapters) {
        return new MovableWebSocketAdapter(webSockets.getIfAvailable(), adapters);
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> resumedWebSockets() {
        return factory -> factory.addServerCustomizers(server ->
                server.doOnChannelInit((observer, channel, remoteAddress) -> ResumedWebSocket.resume(channel)));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("handoff.takeover.socket")
    static class Leaving {

        @Bean
        MovableWebSockets movableWebSockets(HandoffTakeoverProperties properties) {
            long maxUnreadBytes = properties.getMaxUnreadBytes().toBytes();
            Assert.isTrue(
                    maxUnreadBytes > 0, () -> "maxUnreadBytes was " + maxUnreadBytes + "; expected more than zero");
            return new MovableWebSockets((int) Math.min(maxUnreadBytes, Integer.MAX_VALUE));
        }

        @Bean
        HandoffTakeoverLifecycle handoffTakeoverLifecycle(
                HandoffTakeoverProperties properties, MovableWebSockets webSockets, WebSocketDeparture departure) {
            HandoffBroker successor = HandoffBroker.builder(
                            Objects.requireNonNullElse(properties.getSocket(), Path.of("")))
                    .timeout(properties.getTimeout())
                    .carryState(true)
                    .vouchFor(MovableWebSockets::isTransparent)
                    .build();
            // Here, so that what is wrong with the settings is told at the start.
            HandoffTakeoverBuilder takeover = HandoffTakeover.builder(successor, webSockets.connections())
                    .departure(connection -> MovableWebSockets.stateOf(connection, departure))
                    .atOnce(properties.getAtOnce())
                    .retryAfter(properties.getRetryAfter())
                    .awaitSuccessor(properties.getAwaitSuccessor())
                    .deadline(properties.getDeadline());
            return new HandoffTakeoverLifecycle(takeover, webSockets.connections());
        }
    }
}
