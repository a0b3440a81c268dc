package io.handoff.reliability.sweep;

import io.handoff.benchmarks.host.ParentProcess;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;

/** What the two processes of a swept handoff have in common: loops with names to be found by, and how they are told and end. */
final class SweptProcess {

    /** Short, since a client may have to wait for it, but longer than Netty pauses a loop whose epoll_wait(2) fails; both sides. */
    static final Duration TIMEOUT = Duration.ofSeconds(6);

    static final String LISTENING = "listening";
    static final String CLOSED = "closed";

    /** Closes a descriptor by its number: the answer repeats the line. */
    static final String CLOSE = "close ";

    private SweptProcess() {}

    /** One event loop; its thread has the name. */
    static EventLoopGroup newLoop(String name) {
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name), EpollIoHandler.newFactory());
    }

    /** Answers the test until it has gone. On SIGTERM the service is closed, and the process ends well if that does. */
    static void serve(AutoCloseable service, ParentProcess.Answer answer) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                service.close();
                System.out.println(CLOSED);
            } catch (Exception e) {
                System.out.println(e);
            }
            Runtime.getRuntime().halt(0);
        }));
        ParentProcess.serve(line -> {
            if (!line.startsWith(CLOSE)) {
                return answer.to(line);
            }
            new FileDescriptor(Integer.parseInt(line.substring(CLOSE.length()))).close();
            return line;
        });
        Runtime.getRuntime().halt(0);
    }
}
