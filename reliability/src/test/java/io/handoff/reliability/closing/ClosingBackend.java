package io.handoff.reliability.closing;

import io.handoff.benchmarks.host.ParentProcess;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.backend.PassedSocket;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The backend's process: one server after the other at the same path, each started and closed when the test says so. */
final class ClosingBackend {

    static final String START = "start";

    /** Closes the server; the answer is how long that took, in nanoseconds. */
    static final String CLOSE = "close";

    /** Opens files until there is no descriptor left, and waits until accepting has failed for it. */
    static final String FILL = "fill";

    private static final Duration FAILURE_LIMIT = Duration.ofSeconds(30);

    private final Path path;
    private final @Nullable PassedSocket passed;
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<FileInputStream> files = new ArrayList<>();
    private final Semaphore acceptFailures = new Semaphore(0);
    private @Nullable HandoffServer server;

    private ClosingBackend(Path path, @Nullable PassedSocket passed) {
        this.path = path;
        this.passed = passed;
    }

    /** Arguments: the path, and how it is going to be closed. */
    public static void main(String[] args) throws Exception {
        Path path = Path.of(args[0]);
        PassedSocket passed = Close.valueOf(args[1]) == Close.PASSED_SOCKET ? PassedSocket.listen(path) : null;
        ParentProcess.serve(new ClosingBackend(path, passed)::answer);
        System.exit(0);
    }

    private String answer(String command) throws Exception {
        switch (command) {
            case START -> start();
            case FILL -> fill();
            case CLOSE -> {
                return String.valueOf(close());
            }
            default -> throw new IOException("no such command: " + command);
        }
        return command;
    }

    private void start() throws Exception {
        HandoffServerBuilder builder = HandoffServer.builder(path)
                .adoptInto(workers, new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new Answering(Answering.BACKEND));
                    }
                })
                .expectedTokens(ExpectedTokenPolicy.carried())
                .listener(new HandoffListener() {
                    @Override
                    public void acceptFailed(IOException failure) {
                        acceptFailures.release();
                    }
                });
        server = (passed == null ? builder : passed.passTo(builder)).start().get();
    }

    private void fill() throws IOException, InterruptedException {
        acceptFailures.drainPermits();
        long deadline = System.nanoTime() + FAILURE_LIMIT.toNanos();
        do {
            // Again and again: handoffs that were under way give theirs back.
            openFiles();
            if (System.nanoTime() > deadline) {
                throw new IOException("accepting has not failed with " + files.size() + " files open");
            }
        } while (!acceptFailures.tryAcquire(1, TimeUnit.MILLISECONDS));
    }

    private void openFiles() {
        try {
            while (true) {
                files.add(new FileInputStream("/dev/null"));
            }
        } catch (FileNotFoundException e) {
            // As the JDK tells of EMFILE.
        }
    }

    private long close() throws IOException {
        for (FileInputStream file : files) {
            file.close();
        }
        files.clear();
        long begun = System.nanoTime();
        server.close();
        return System.nanoTime() - begun;
    }
}
