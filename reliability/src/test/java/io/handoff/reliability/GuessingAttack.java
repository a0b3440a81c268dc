package io.handoff.reliability;

import static io.handoff.netty.HandoffRejection.Reason.TOKEN_NOT_PENDING;
import static io.handoff.reliability.TokenPeer.ACCEPTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.benchmarks.load.LibcCalls;
import io.handoff.netty.HandoffToken;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** Guessers at full speed, and one peer among them that presents tokens which the backend has just issued to it. */
final class GuessingAttack {

    private final TokenBackend backend;
    private final Path socket;
    private final List<HandoffToken> pending;
    private final String expectedVerdict;
    private final Histogram micros = new Histogram(3);
    private long guesses;
    private int mostPending;
    private double refusedEachSecond;

    /** Takes tokens that are pending, for guesses that nearly hit. */
    GuessingAttack(TokenBackend backend, Path socket, List<HandoffToken> pending, String expectedVerdict) {
        this.backend = backend;
        this.socket = socket;
        this.pending = pending;
        this.expectedVerdict = expectedVerdict;
    }

    void run(int guessers, Duration duration) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(guessers);
        try {
            List<Future<Long>> running = new ArrayList<>();
            for (int i = 0; i < guessers; i++) {
                running.add(threads.submit(new TokenGuesser(socket, isOver, guesses(i), expectedVerdict)));
            }
            beServed(duration);
            isOver.set(true);
            for (Future<Long> guesser : running) {
                guesses += guesser.get();
            }
        } finally {
            isOver.set(true);
            threads.shutdown();
        }
    }

    /** Random ones by turns with a pending token of which one bit is another. */
    private Supplier<HandoffToken> guesses(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = new byte[HandoffToken.BYTES];
        return () -> {
            if (random.nextBoolean()) {
                random.nextBytes(bytes);
                return HandoffToken.ofBytes(bytes);
            }
            byte[] near = pending.get(random.nextInt(pending.size())).toBytes();
            near[random.nextInt(near.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            return HandoffToken.ofBytes(near);
        };
    }

    /** Presents one issued token after the other; what the metrics say meanwhile is what an operator would see. */
    private void beServed(Duration duration) throws Exception {
        try (TokenPeer peer = TokenPeer.connect(new LibcCalls(socket))) {
            long refusedBefore = backend.rejected(TOKEN_NOT_PENDING);
            long start = System.nanoTime();
            long elapsed = 0;
            while (elapsed < duration.toNanos()) {
                HandoffToken token = backend.issue();
                mostPending = Math.max(mostPending, backend.pending());
                long presentedAt = System.nanoTime();
                assertThat(peer.present(token).verdict()).isEqualTo(ACCEPTED);
                micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - presentedAt));
                elapsed = System.nanoTime() - start;
            }
            long refused = backend.rejected(TOKEN_NOT_PENDING) - refusedBefore;
            assertThat(refused)
                    .as("refusals that the metrics show during the attack")
                    .isPositive();
            refusedEachSecond = refused * 1e9 / elapsed;
        }
    }

    long guesses() {
        return guesses;
    }

    long served() {
        return micros.getTotalCount();
    }

    Duration slowestAnswer() {
        return Duration.of(micros.getMaxValue(), ChronoUnit.MICROS);
    }

    int mostPending() {
        return mostPending;
    }

    String findings() {
        return String.format(
                Locale.ROOT,
                "%,.0f refusals a second in HandoffMetrics, and as many in all as the guessers count; at most %,d tokens"
                        + " pending; legitimate ones accepted within %,d µs (median), %,d µs (99 %%), %,d µs (all)",
                refusedEachSecond,
                mostPending,
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(99),
                micros.getMaxValue());
    }
}
