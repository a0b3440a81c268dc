package io.handoff.examples.reactor;

import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.backend.HandoffServerChannel;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Reactor Netty's event loops, with a handoff socket in place of the TCP socket that listens.
 *
 * @param loops what makes all other channels; epoll, as is Reactor Netty's choice on Linux
 * @param handoff the settings of the handoff socket, anew for each server that is bound
 */
record HandoffLoops(LoopResources loops, Supplier<HandoffServerBuilder> handoff) implements LoopResources {

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        return type == ServerSocketChannel.class
                ? type.cast(new HandoffServerChannel(handoff.get()))
                : loops.onChannel(type, group);
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
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return loops.disposeLater(quietPeriod, timeout);
    }
}
