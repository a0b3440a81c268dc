package io.handoff.reliability.token;

import static io.handoff.reliability.token.TokenPeer.ACCEPTED;
import static io.handoff.reliability.token.TokenPeer.EXPIRED;
import static io.handoff.reliability.token.TokenPeer.NOT_PENDING;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.token.HandoffToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Issues one token after the other, and has two peers present each about when it expires. The instant of issue lies between
 * two looks at the clock, which is the backend's own: so what must not be is known, whatever the machine does meanwhile.
 */
final class ExpiryRace implements AutoCloseable {

    private static final long JITTER_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
    private static final long STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private record Issued(HandoffToken token, long notBeforeNanos, long notAfterNanos) {}

    private final TokenBackend backend;
    private final long timeToLiveNanos;
    private final TokenPeer first;
    private final TokenPeer second;
    private final SplittableRandom random = new SplittableRandom(5);

    /** How long before its expiry a token is presented: longer on a slow machine, so that about half of them come in time. */
    private long leadNanos;

    private int accepted;
    private int expired;

    ExpiryRace(TokenBackend backend, Path socket, Duration timeToLive) throws IOException {
        this.backend = backend;
        this.timeToLiveNanos = timeToLive.toNanos();
        this.first = TokenPeer.connect(socket);
        this.second = TokenPeer.connect(socket);
    }

    /** Issues a token, and presents it about when it expires. */
    void presentTheNext() throws IOException, ExecutionException, InterruptedException {
        long lead = leadNanos + random.nextLong(-JITTER_NANOS, JITTER_NANOS);
        Issued token = issue();
        while (System.nanoTime() - token.notAfterNanos() < timeToLiveNanos - lead) {
            Thread.onSpinWait();
        }
        present(token);
    }

    private Issued issue() throws ExecutionException, InterruptedException {
        long before = System.nanoTime();
        HandoffToken token = backend.issue();
        return new Issued(token, before, System.nanoTime());
    }

    private void present(Issued token) throws IOException {
        long offeredAt = System.nanoTime();
        first.present(token.token());
        second.present(token.token());
        String one = first.verdict();
        String other = second.verdict();
        long answeredAt = System.nanoTime();
        if (one.equals(ACCEPTED) || other.equals(ACCEPTED)) {
            assertThat(one.equals(ACCEPTED) ? other : one)
                    .as("verdict of the other peer")
                    .isEqualTo(NOT_PENDING);
            assertThat(offeredAt - token.notAfterNanos()).as("age when offered").isLessThan(timeToLiveNanos);
            accepted++;
            leadNanos -= STEP_NANOS;
        } else {
            assertThat(one).isIn(EXPIRED, NOT_PENDING);
            assertThat(other).isIn(EXPIRED, NOT_PENDING);
            assertThat(answeredAt - token.notBeforeNanos())
                    .as("age when refused")
                    .isGreaterThanOrEqualTo(timeToLiveNanos);
            expired++;
            leadNanos = Math.min(leadNanos + STEP_NANOS, timeToLiveNanos);
        }
    }

    /** Tokens accepted, each once. */
    int accepted() {
        return accepted;
    }

    /** Tokens refused to both, for having expired. */
    int expired() {
        return expired;
    }

    @Override
    public void close() throws IOException {
        first.close();
        second.close();
    }
}
