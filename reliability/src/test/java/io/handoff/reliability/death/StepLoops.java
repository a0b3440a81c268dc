package io.handoff.reliability.death;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.concurrent.Executor;

/**
 * Event loops that show every channel to the test before it is registered. The program gives its event loops to the
 * library, and so the test comes between any two steps of a handoff with nothing in the library made for that.
 */
final class StepLoops extends MultiThreadIoEventLoopGroup {

    /** What the test does with a channel that is about to be registered. */
    interface Registration {
        /** Runs what registers the channel, now or later, on any thread. */
        void registering(Channel channel, Runnable register);
    }

    private final Registration registration;

    StepLoops(int loops, Registration registration) {
        super(loops, EpollIoHandler.newFactory());
        this.registration = registration;
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... args) {
        return new SingleThreadIoEventLoop(this, executor, handlers) {
            @Override
            public ChannelFuture register(ChannelPromise promise) {
                registration.registering(promise.channel(), () -> super.register(promise));
                return promise;
            }
        };
    }
}
