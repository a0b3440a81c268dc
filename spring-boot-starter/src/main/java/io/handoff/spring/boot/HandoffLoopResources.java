package io.handoff.spring.boot;

import io.handoff.netty.backend.HandoffServerChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * The event loops of another. Tells which channel listens, and makes that a {@link HandoffServerChannel}, if nothing is to listen at the
 * port. (A callback of the server, {@code doOnBound}, may come after the server has started.)
 */
final class HandoffLoopResources implements LoopResources {

    private final LoopResources loops;
    private final boolean only;
    private final HandoffServerBuilderFactory builders;
    private final HandoffServerLifecycle lifecycle;

    HandoffLoopResources(
            LoopResources loops, boolean only, HandoffServerBuilderFactory builders, HandoffServerLifecycle lifecycle) {
        this.loops = loops;
        this.only = only;
        this.builders = builders;
        this.lifecycle = lifecycle;
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> channelType, EventLoopGroup group) {
        C channel = only && channelType.equals(ServerSocketChannel.class)
                ? channelType.cast(newHandoffServerChannel())
                : loops.onChannel(channelType, group);
        if (channel instanceof ServerChannel listener) {
            lifecycle.listener(listener);
        }
        return channel;
    }

    private HandoffServerChannel newHandoffServerChannel() {
        HandoffServerChannel channel = new HandoffServerChannel(builders.create());
        channel.pipeline().addFirst(new BindFailure(builders.socket()));
        return channel;
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> channelType, EventLoopGroup group) {
        return loops.onChannelClass(channelType, group);
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return loops.onClient(useNative);
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return loops.onServer(useNative);
    }

    @Override
    public EventLoopGroup onServerSelect(boolean useNative) {
        return loops.onServerSelect(useNative);
    }

    @Override
    public boolean daemon() {
        return loops.daemon();
    }

    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return loops.disposeLater(quietPeriod, timeout);
    }

    /** Says at what it failed: Spring Boot would take it for the port. */
    private static final class BindFailure extends ChannelOutboundHandlerAdapter {

        private final Path socket;

        BindFailure(Path socket) {
            this.socket = socket;
        }

        @Override
        public void bind(ChannelHandlerContext ctx, SocketAddress nominal, ChannelPromise promise) {
            ctx.bind(nominal).addListener(bound -> {
                if (bound.isSuccess()) {
                    promise.setSuccess();
                } else {
                    promise.setFailure(new HandoffStartException(socket, bound.cause()));
                }
            });
        }
    }
}
