package io.handoff.reliability.token;

import static io.handoff.netty.wire.HandoffRejection.Reason.TOKEN_NOT_PENDING;
import static io.handoff.reliability.token.TokenPeer.ACCEPTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.token.HandoffToken;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** A peer that presents tokens which the backend has just issued to it, and what it and an operator see meanwhile. */
final class TokenHolder {

    private final TokenBackend backend;
    private final Histogram micros = new Histogram(3);
    private int mostPending;
    private double refusedEachSecond;

    TokenHolder(TokenBackend backend) {
        this.backend = backend;
    }

    /** Presents one token after the other, and has each accepted. */
    void beServed(Path socket, Duration duration) throws Exception {
        try (TokenPeer peer = TokenPeer.connect(socket)) {
            long refusedBefore = backend.rejected(TOKEN_NOT_PENDING);
            long start = System.nanoTime();
            long elapsed = 0;
            while (elapsed < duration.toNanos()) {
                present(peer);
                elapsed = System.nanoTime() - start;
            }
            refusedEachSecond = (backend.rejected(TOKEN_NOT_PENDING) - refusedBefore) * 1e9 / elapsed;
        }
    }

    private void present(TokenPeer peer) throws Exception {
        HandoffToken token = backend.issue();
        mostPending = Math.max(mostPending, backend.pending());
        long presentedAt = System.nanoTime();
        assertThat(peer.present(token).verdict()).isEqualTo(ACCEPTED);
        micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - presentedAt));
    }

    long served() {
        return micros.getTotalCount();
    }

    Duration slowestAnswer() {
        return Duration.of(micros.getMaxValue(), ChronoUnit.MICROS);
    }

    /** Most tokens that were pending at once, its own among them. */
    int mostPending() {
        return mostPending;
    }

    /** The rate of refusals, as the metrics show it. */
    double refusedEachSecond() {
        return refusedEachSecond;
    }

    String findings() {
        return String.format(
                Locale.ROOT,
                "%,.0f refusals a second in `HandoffMetrics`, and as many in all as the guessers count; at most %,d tokens"
                        + " pending; legitimate ones accepted within %,d µs (median), %,d µs (99 %%), %,d µs (all)",
                refusedEachSecond,
                mostPending,
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(99),
                micros.getMaxValue());
    }
}
