package io.handoff.benchmarks.compare.measure;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.host.Jvm;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long a single call of a {@link HandoffTokenStore} takes at most while very many tokens whose time is over are
 * cleared away.
 *
 * @param longestMicros the longest call
 * @param calls how many calls it took to clear all of them away
 * @param collectionMillis what the garbage collector has reported of that time; it is part of the calls it fell into
 */
public record ExpiryPause(double longestMicros, int calls, long collectionMillis) {

    private static final int TOKENS = 1_000_000;
    private static final int WARM_UP = 5;
    private static final int REPETITIONS = 10;

    /** Measures several times after a warm-up, and prints that as a JSON array. */
    public static void main(String[] args) throws IOException {
        for (int i = 0; i < WARM_UP; i++) {
            measure(TOKENS);
        }
        List<ExpiryPause> pauses =
                Stream.generate(() -> measure(TOKENS)).limit(REPETITIONS).toList();
        System.out.println(new JsonMapper().writeValueAsString(pauses));
    }

    /** Runs {@link #main} in a JVM of its own. */
    public static List<ExpiryPause> inOwnJvm() throws IOException {
        Process process = new ProcessBuilder(Jvm.command(ExpiryPause.class, List.of()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = process.getInputStream()) {
            return List.of(new JsonMapper().readValue(output, ExpiryPause[].class));
        }
    }

    static ExpiryPause measure(int tokens) {
        HandoffTokenStore store = new HandoffTokenStore(
                ImmediateEventExecutor.INSTANCE, 2 * tokens, HandoffTokenStore.DEFAULT_TIME_TO_LIVE);
        for (int i = 0; i < tokens; i++) {
            store.register(HandoffToken.random(), 0);
        }
        // What has filled the store is not to be collected while it is emptied.
        System.gc();
        long collectedBefore = collectedMillis();
        long now = HandoffTokenStore.DEFAULT_TIME_TO_LIVE.toNanos();
        HandoffToken token = HandoffToken.random();
        long longest = 0;
        int calls = 0;
        // Each three calls leave one token that is pending, and the last ones clear nothing away.
        while (store.pendingCount() > calls / 3 + 1) {
            long start = System.nanoTime();
            switch (calls % 3) {
                case 0 -> store.issue(now);
                case 1 -> store.register(token, now);
                default -> store.consume(token, token, now);
            }
            longest = Math.max(longest, System.nanoTime() - start);
            calls++;
        }
        return new ExpiryPause(longest / 1000.0, calls, collectedMillis() - collectedBefore);
    }

    private static long collectedMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }
}
