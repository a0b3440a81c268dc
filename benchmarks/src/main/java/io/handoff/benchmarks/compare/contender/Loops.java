package io.handoff.benchmarks.compare.contender;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** Event loops on epoll. */
public final class Loops {

    private Loops() {}

    public static EventLoopGroup start(int count, String name) {
        return new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory(name), EpollIoHandler.newFactory());
    }
}
