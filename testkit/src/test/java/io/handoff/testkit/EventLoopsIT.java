package io.handoff.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class EventLoopsIT {

    /** Seen to fail without the shutdown hook, with a quiet period of zero, and, rarely, where another thread shuts the loops down. */
    @Test
    void shouldCloseWhatIsOpenAlsoWhenALoopIsInTheMiddleOfATurn() throws Exception {
        List<Channel> channels = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
            Channel channel = new EpollDatagramChannel();
            loops.register(channel).sync();
            channels.add(channel);
            Thread ending = Thread.currentThread();
            loops.execute(() -> spinUntil(() -> isWaiting(ending)));

            EventLoops.end(loops);
        }
        assertThat(channels).noneMatch(Channel::isOpen);
    }

    /** Seen to fail where loops are ended while others of them are in a turn. */
    @Test
    void shouldLetALoopEndItsTurnWithTheOthersStillThere() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
        EventLoop acceptor = loops.next();
        EventLoop worker = loops.next();
        Thread ending = Thread.currentThread();
        Future<?> used = acceptor.submit(() -> {
            spinUntil(() -> isWaiting(ending));
            worker.terminationFuture().awaitUninterruptibly(100);
            worker.execute(() -> {});
        });

        EventLoops.end(loops);

        assertThat(used.isSuccess()).as("cause: %s", used.cause()).isTrue();
    }

    @Test
    void shouldDoNothingToLoopsThatHaveEnded() {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
        EventLoops.end(loops);

        EventLoops.end(loops);

        assertThat(loops.isTerminated()).isTrue();
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() != Thread.State.RUNNABLE;
    }

    private static void spinUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
