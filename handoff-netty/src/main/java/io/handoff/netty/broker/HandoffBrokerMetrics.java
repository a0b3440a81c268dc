package io.handoff.netty.broker;

import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the handoffs of one broker, or the attempts of one pool, by backend and by what became of them. They can be read from any
 * thread. {@link #inFlight} goes up and down; all others only grow. A backend that nothing was handed to has zero of everything.
 *
 * <p>Backends may come and go without end. So the counts of {@value #MAX_BACKENDS} are kept. If there are more, those are forgotten
 * of the one that has been handed nothing for the longest time.
 */
public final class HandoffBrokerMetrics {

    /** The most backends whose counts are kept. */
    public static final int MAX_BACKENDS = 1024;

    /** In the order in which they were last handed something. */
    private final Map<Path, Counts> backends = new LinkedHashMap<>(16, 0.75f, true);

    private final List<Watcher> watchers = new ArrayList<>();

    /** Makes counts of nothing yet. Each broker, and each pool, makes its own. */
    public HandoffBrokerMetrics() {}

    /**
     * Tells which backends have counts.
     *
     * @return the paths of their sockets
     */
    public synchronized List<Path> backends() {
        return List.copyOf(backends.keySet());
    }

    /**
     * Counts the handoffs under way now.
     *
     * @param backend the path of its socket
     * @return the number of handoffs
     */
    public long inFlight(Path backend) {
        Counts counts = peek(backend);
        return counts == null ? 0 : counts.inFlight();
    }

    /**
     * Counts the handoffs that the backend has accepted.
     *
     * @param backend the path of its socket
     * @return the number of handoffs
     */
    public long accepted(Path backend) {
        return count(backend, Result.ACCEPTED);
    }

    /**
     * Counts the handoffs that the backend has rejected.
     *
     * @param backend the path of its socket
     * @return the number of handoffs
     */
    public long rejected(Path backend) {
        return count(backend, Result.REJECTED);
    }

    /**
     * Counts the handoffs that have failed.
     *
     * @param backend the path of its socket
     * @param stage how far they got
     * @param connectionUsable true for those that have left the client here, false for those whose client is closed here
     * @return the number of handoffs
     */
    public long failed(Path backend, Stage stage, boolean connectionUsable) {
        return count(backend, Result.failed(stage, connectionUsable));
    }

    /**
     * Adds up how long handoffs took that have ended, however they ended: from when the broker was called, or the pool has come to
     * this backend, until the outcome.
     *
     * @param backend the path of its socket
     * @return the sum
     */
    public Duration totalTime(Path backend) {
        Counts counts = peek(backend);
        long nanos = counts == null
                ? 0
                : Result.ALL.stream().mapToLong(counts::nanos).sum();
        return Duration.ofNanos(nanos);
    }

    private long count(Path backend, Result result) {
        Counts counts = peek(backend);
        return counts == null ? 0 : counts.count(result);
    }

    private synchronized @Nullable Counts peek(Path backend) {
        // Looking at them does not make them younger.
        for (Map.Entry<Path, Counts> entry : backends.entrySet()) {
            if (entry.getKey().equals(backend)) {
                return entry.getValue();
            }
        }
        return null;
    }

    /** The counts of a backend that is about to be handed something. */
    synchronized Counts of(Path backend) {
        Counts known = backends.get(backend);
        if (known != null) {
            return known;
        }
        Counts added = new Counts(backend);
        backends.put(backend, added);
        watchers.forEach(watcher -> watcher.added(added));
        if (backends.size() > MAX_BACKENDS) {
            Iterator<Counts> eldest = backends.values().iterator();
            Counts forgotten = eldest.next();
            eldest.remove();
            watchers.forEach(watcher -> watcher.forgotten(forgotten));
        }
        return added;
    }

    /** Tells of the backends there are, and of those to come. */
    synchronized void watch(Watcher watcher) {
        watchers.add(watcher);
        backends.values().forEach(watcher::added);
    }

    /** Who is told which backends have counts; not by two threads at once. */
    interface Watcher {
        void added(Counts counts);

        void forgotten(Counts counts);
    }

    /**
     * What can become of a handoff.
     *
     * @param stage of a failed one
     * @param isHere whether the client is still here
     */
    record Result(String outcome, @Nullable Stage stage, boolean isHere) {

        static final Result ACCEPTED = new Result("accepted", null, false);
        static final Result REJECTED = new Result("rejected", null, true);
        static final List<Result> ALL = all();

        private static List<Result> all() {
            List<Result> all = new ArrayList<>(List.of(ACCEPTED, REJECTED));
            // Where there is no backend, there is none to count it for.
            for (Stage stage : EnumSet.complementOf(EnumSet.of(Stage.NO_BACKEND))) {
                all.add(failed(stage, true));
                all.add(failed(stage, false));
            }
            return List.copyOf(all);
        }

        static Result failed(Stage stage, boolean isHere) {
            return new Result("failed", stage, isHere);
        }

        static Result of(HandoffOutcome outcome) {
            if (outcome instanceof Failed failed) {
                return failed(failed.stage(), failed.connectionUsable());
            }
            return outcome instanceof Accepted ? ACCEPTED : REJECTED;
        }
    }

    /** The counts of one backend. */
    static final class Counts {
        private final Path backend;
        private final LongAdder inFlight = new LongAdder();
        private final Map<Result, Total> totals = new LinkedHashMap<>();

        private record Total(LongAdder count, LongAdder nanos) {}

        private Counts(Path backend) {
            this.backend = backend;
            Result.ALL.forEach(result -> totals.put(result, new Total(new LongAdder(), new LongAdder())));
        }

        Path backend() {
            return backend;
        }

        void began() {
            inFlight.increment();
        }

        void ended(HandoffOutcome outcome, long nanos) {
            inFlight.decrement();
            Total total = Objects.requireNonNull(totals.get(Result.of(outcome)), "there is one for each result");
            total.count.increment();
            total.nanos.add(nanos);
        }

        long inFlight() {
            return inFlight.sum();
        }

        long count(Result result) {
            Total total = totals.get(result);
            return total == null ? 0 : total.count.sum();
        }

        long nanos(Result result) {
            Total total = totals.get(result);
            return total == null ? 0 : total.nanos.sum();
        }
    }
}
