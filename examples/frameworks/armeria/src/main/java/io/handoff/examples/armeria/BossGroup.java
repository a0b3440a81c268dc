package io.handoff.examples.armeria;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;

/** The event loop of one of Armeria's listening channels. It tells which channel that is. */
final class BossGroup extends MultiThreadIoEventLoopGroup {

    private final CompletableFuture<ServerChannel> listener;

    BossGroup(String threadName, CompletableFuture<ServerChannel> listener) {
        super(1, new DefaultThreadFactory(threadName), EpollIoHandler.newFactory());
        this.listener = listener;
    }

    @Override
    public ChannelFuture register(Channel channel) {
        ChannelFuture registered = super.register(channel);
        listener.complete((ServerChannel) channel);
        return registered;
    }
}
