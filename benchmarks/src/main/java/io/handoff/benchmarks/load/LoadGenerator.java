package io.handoff.benchmarks.load;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Puts a backend under load in a closed loop: each slot starts its next handoff when the one before is over.
 *
 * <p>All of it happens on one thread, which a run starts and ends.
 */
public final class LoadGenerator {

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

    /** Nobody may take silence for a good result. */
    private static final long AT_LEAST = 1;

    private LoadGenerator() {}

    /**
     * Runs the plan, and waits until it is over. Where nothing has been completed in the duration of the plan, nor has failed,
     * the measuring goes on until something has.
     *
     * @param plan what to run
     * @param progress told about once a second, on the calling thread
     * @return what was measured
     * @throws IOException if the socket does not exist, the generator itself fails, or the calling thread is interrupted
     */
    public static LoadResult run(LoadPlan plan, Consumer<LoadProgress> progress) throws IOException {
        return run(plan, ANSWER_TIMEOUT, AT_LEAST, progress);
    }

    /** Runs the plan with another time for each answer, and until at least so many have been completed or any has failed. */
    static LoadResult run(LoadPlan plan, Duration answerTimeout, long atLeast, Consumer<LoadProgress> progress)
            throws IOException {
        if (!Files.exists(plan.socket())) {
            throw new NoSuchFileException(plan.socket().toString(), null, "no such socket");
        }
        IoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("handoff-load", true), EpollIoHandler.newFactory());
        try {
            return run(plan, answerTimeout, atLeast, progress, group.next());
        } catch (ExecutionException e) {
            throw new IOException("the load generator failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before the end of the run");
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private static LoadResult run(
            LoadPlan plan, Duration answerTimeout, long atLeast, Consumer<LoadProgress> progress, IoEventLoop loop)
            throws ExecutionException, InterruptedException {
        LoadRun run = loop.submit(() -> new LoadRun(plan, answerTimeout, atLeast, loop))
                .get();
        try {
            Future<LoadResult> result = loop.submit(run::start).get();
            while (!result.await(1, TimeUnit.SECONDS)) {
                progress.accept(loop.submit(run::progress).get());
            }
            return result.get();
        } finally {
            loop.submit(run::stop).awaitUninterruptibly();
        }
    }
}
