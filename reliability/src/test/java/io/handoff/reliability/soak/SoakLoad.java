package io.handoff.reliability.soak;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The steady load: begins so many cases a second, whatever becomes of them, and keeps some idle ones open all the time. */
final class SoakLoad implements AutoCloseable {

    private static final int THREADS = 8;
    private static final long PATIENCE_SECONDS = 120;

    private final SoakContext context;
    private final SoakSettings settings;
    private final List<SoakCase> mix = SoakCase.hundred();
    private final AtomicInteger next = new AtomicInteger();
    private final Map<SoakCase, LongAdder> played = new EnumMap<>(SoakCase.class);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService pace = Executors.newScheduledThreadPool(THREADS);
    private final ExecutorService idle = Executors.newCachedThreadPool();
    private volatile boolean isStopped;

    SoakLoad(SoakContext context, SoakSettings settings) {
        this.context = context;
        this.settings = settings;
        for (SoakCase each : SoakCase.values()) {
            played.put(each, new LongAdder());
        }
    }

    /** Plays each case of the mix once, one after the other, and leaves nothing open. */
    void rehearse() throws IOException {
        mix.stream().distinct().forEach(this::play);
        context.living().close();
    }

    void start() {
        long periodNanos = TimeUnit.SECONDS.toNanos(THREADS) / settings.perSecond();
        for (int thread = 0; thread < THREADS; thread++) {
            long offsetNanos = thread * periodNanos / THREADS;
            pace.scheduleAtFixedRate(this::playNext, offsetNanos, periodNanos, TimeUnit.NANOSECONDS);
        }
        List<SoakCase> idleCases = SoakCase.idle();
        for (int i = 0; i < settings.idle(); i++) {
            SoakCase idleCase = idleCases.get(i % idleCases.size());
            idle.execute(() -> playOn(idleCase));
        }
    }

    private void playNext() {
        play(mix.get(Math.floorMod(next.getAndIncrement(), mix.size())));
    }

    private void playOn(SoakCase idleCase) {
        while (!isStopped) {
            play(idleCase);
        }
    }

    private void play(SoakCase next) {
        try {
            next.play(context);
            played.get(next).increment();
        } catch (IOException | RuntimeException | AssertionError e) {
            failures.add(next + ": " + e);
            System.err.println("the soak fails, " + next + ": " + e);
        }
    }

    /** Begins nothing any more, waits for the end of what has begun, and lets the clients go that still live. */
    void stop() throws IOException, InterruptedException {
        isStopped = true;
        pace.shutdown();
        idle.shutdown();
        if (!pace.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)
                || !idle.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("some cases have not come to an end in " + PATIENCE_SECONDS + " s");
        }
        context.living().close();
    }

    /** How often each case went as it should. */
    long played(SoakCase one) {
        return played.get(one).sum();
    }

    long played() {
        return played.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** What went otherwise. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        isStopped = true;
        pace.shutdownNow();
        idle.shutdownNow();
    }
}
