package io.handoff.reliability.token;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Attackers at full speed, each on a thread of its own, until they are stopped. */
final class Attackers implements AutoCloseable {

    /** One attack, to be made again and again. */
    interface Attack {
        /** Returns how many tokens it presented, each of which was answered as it should be. */
        int make() throws Exception;
    }

    private final AtomicBoolean isOver = new AtomicBoolean();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<Long>> running = new ArrayList<>();

    void start(Attack attack) {
        running.add(threads.submit(() -> {
            long presented = 0;
            while (!isOver.get()) {
                presented += attack.make();
            }
            return presented;
        }));
    }

    /** Whether none has failed. */
    boolean areRunning() {
        return running.stream().noneMatch(Future::isDone);
    }

    /**
     * Stops them.
     *
     * @return how many tokens they have presented in all
     */
    long stop() throws Exception {
        isOver.set(true);
        long presented = 0;
        for (Future<Long> attacker : running) {
            presented += attacker.get();
        }
        return presented;
    }

    /** Does not wait for them: an attack ends with its connection. */
    @Override
    public void close() {
        isOver.set(true);
        threads.shutdownNow();
    }
}
