package io.handoff.examples.micronaut;

import static java.util.Objects.requireNonNull;

import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.micronaut.context.annotation.Value;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Has Micronaut take the connections that are handed off for connections that came to its port. */
@Singleton
final class HandedOff implements NettyServerCustomizer, BeanCreatedEventListener<NettyServerCustomizer.Registry> {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Path socket;
    private final Unanswered unanswered = new Unanswered();
    private @Nullable ServerChannel listener;
    private @Nullable HandoffServer server;

    HandedOff(@Value("${handoff.socket}") Path socket) {
        this.socket = socket;
    }

    @Override
    public NettyServerCustomizer.Registry onCreated(BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        event.getBean().register(this);
        return event.getBean();
    }

    @Override
    public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
        if (role == ChannelRole.LISTENER && listener == null) {
            listener = (ServerChannel) channel;
        } else if (role == ChannelRole.CONNECTION && channel.hasAttr(HandedOffConnection.KEY)) {
            unanswered.add(channel);
        }
        return this;
    }

    @EventListener
    void start(ServerStartupEvent event) throws ExecutionException, InterruptedException {
        server = HandoffServer.builder(socket)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .adoptInto(requireNonNull(listener))
                .start()
                .get();
    }

    /** Brokers keep their clients from here on, and whoever has come by then is answered. */
    void stop() throws InterruptedException {
        requireNonNull(server).shutdownGracefully(Duration.ZERO, PATIENCE).sync();
        unanswered.await(PATIENCE);
    }
}
