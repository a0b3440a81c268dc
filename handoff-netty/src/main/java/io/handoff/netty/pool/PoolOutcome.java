package io.handoff.netty.pool;

import io.handoff.netty.broker.HandoffOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What became of one handoff to a pool, and what each attempt came to.
 *
 * @param attempts in their order; empty if there was no backend to try. Each but the last has left the client as it was. There is one
 *     for a client that could not be handed off, too: its {@link HandoffOutcome.Stage} says that its backend was not asked
 * @param outcome who has the connection now: the outcome of the last attempt. Without an attempt it is a
 *     {@link HandoffOutcome.Failed}, whose stage is {@link HandoffOutcome.Stage#NO_BACKEND} as a rule, and whose cause says why
 */
public record PoolOutcome(List<Attempt> attempts, HandoffOutcome outcome) {

    /**
     * Copies the list.
     *
     * @param attempts in their order
     * @param outcome who has the connection now
     */
    public PoolOutcome {
        attempts = List.copyOf(attempts);
    }

    /**
     * One attempt.
     *
     * @param backend the path of the backend's socket
     * @param outcome what it came to
     * @param duration from when this backend was chosen until the outcome
     */
    public record Attempt(Path backend, HandoffOutcome outcome, Duration duration) {}
}
