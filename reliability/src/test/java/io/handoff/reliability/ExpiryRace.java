package io.handoff.reliability;

import static io.handoff.reliability.TokenPeer.ACCEPTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.benchmarks.load.LibcCalls;
import io.handoff.netty.HandoffToken;
import io.handoff.netty.HandoffTokens;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Issues one token after the other, and has two peers present each about when it expires. The instant of issue lies between two
 * looks at the clock, which is the backend's own: so what must not be is known, whatever the machine does meanwhile.
 */
final class ExpiryRace implements AutoCloseable {

    private static final long LEAD_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private record Issued(HandoffToken token, long notBeforeNanos, long notAfterNanos) {}

    private final HandoffTokens tokens;
    private final long timeToLiveNanos;
    private final TokenPeer first;
    private final TokenPeer second;
    private final SplittableRandom random = new SplittableRandom(5);
    private long accepted;
    private long refused;

    ExpiryRace(HandoffTokens tokens, Duration timeToLive, LibcCalls libc) throws IOException {
        this.tokens = tokens;
        this.timeToLiveNanos = timeToLive.toNanos();
        this.first = TokenPeer.connect(libc);
        this.second = TokenPeer.connect(libc);
    }

    /** Issues a token, and presents it a moment before or after it expires. */
    void presentTheNext() throws IOException, ExecutionException, InterruptedException {
        long lead = random.nextLong(-LEAD_NANOS, LEAD_NANOS);
        Issued token = issue();
        while (System.nanoTime() - token.notAfterNanos() < timeToLiveNanos - lead) {
            Thread.onSpinWait();
        }
        present(token);
    }

    private Issued issue() throws ExecutionException, InterruptedException {
        long before = System.nanoTime();
        HandoffToken token = tokens.issue().get();
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
            assertThat(one.equals(ACCEPTED) ? other : one).isEqualTo("handoff token is not pending");
            assertThat(offeredAt - token.notAfterNanos()).as("age when offered").isLessThan(timeToLiveNanos);
            accepted++;
        } else {
            assertThat(one).isIn("handoff token expired", "handoff token is not pending");
            assertThat(other).isIn("handoff token expired", "handoff token is not pending");
            assertThat(answeredAt - token.notBeforeNanos())
                    .as("age when refused")
                    .isGreaterThanOrEqualTo(timeToLiveNanos);
            refused++;
        }
    }

    /** Tokens accepted, each once. */
    long acceptedTokens() {
        return accepted;
    }

    /** Tokens refused, each for having expired. */
    long expiredTokens() {
        return refused;
    }

    @Override
    public void close() throws IOException {
        first.close();
        second.close();
    }
}
