package io.handoff.netty.backend;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;

/** Checks that event loops of the program can serve channels of the epoll transport. */
final class EpollLoops {

    private EpollLoops() {}

    static EventLoopGroup check(EventLoopGroup group, String name) {
        if (!(group.next() instanceof IoEventLoop loop) || !loop.isCompatible(EpollIoHandle.class)) {
            throw new IllegalArgumentException(name + " was " + group + "; expected loops that run an EpollIoHandler");
        }
        return group;
    }
}
