package io.handoff.spring.boot.takeover;

import io.handoff.netty.takeover.HandoffTakeover;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * The settings of a {@link HandoffTakeover} as properties. The times add up to less than Spring Boot has for a phase of its shutdown,
 * {@code spring.lifecycle.timeout-per-shutdown-phase}.
 */
@ConfigurationProperties("handoff.takeover")
public class HandoffTakeoverProperties {

    /**
     * Path of the handoff socket of the successor, at most 107 bytes long. Nothing moves without it.
     */
    private @Nullable Path socket;

    /**
     * Time for the successor to listen. If it does not, nothing moves.
     */
    private Duration awaitSuccessor = Duration.ofSeconds(10);

    /**
     * Time for all WebSockets to move, once the successor listens. What is left then is closed.
     */
    private Duration deadline = Duration.ofSeconds(10);

    /**
     * Time for one WebSocket to move.
     */
    private Duration timeout = Duration.ofSeconds(5);

    /**
     * WebSockets on the move at once.
     */
    private int atOnce = 64;

    /**
     * Time before a WebSocket is tried again that could not go, or was rejected.
     */
    private Duration retryAfter = Duration.ofMillis(100);

    /**
     * Bytes of an unfinished message that may move with a WebSocket. One that has sent more stays until the message is complete.
     */
    private DataSize maxUnreadBytes = DataSize.ofKilobytes(32);

    /** Makes the defaults. */
    public HandoffTakeoverProperties() {}

    /** {@return where the socket is} */
    public @Nullable Path getSocket() {
        return socket;
    }

    /**
     * Sets it.
     *
     * @param socket where the socket is
     */
    public void setSocket(@Nullable Path socket) {
        this.socket = socket;
    }

    /** {@return more than zero} */
    public Duration getAwaitSuccessor() {
        return awaitSuccessor;
    }

    /**
     * Sets it.
     *
     * @param awaitSuccessor more than zero
     */
    public void setAwaitSuccessor(Duration awaitSuccessor) {
        this.awaitSuccessor = awaitSuccessor;
    }

    /** {@return more than zero} */
    public Duration getDeadline() {
        return deadline;
    }

    /**
     * Sets it.
     *
     * @param deadline more than zero
     */
    public void setDeadline(Duration deadline) {
        this.deadline = deadline;
    }

    /** {@return more than zero} */
    public Duration getTimeout() {
        return timeout;
    }

    /**
     * Sets it.
     *
     * @param timeout more than zero
     */
    public void setTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    /** {@return how many, at least 1} */
    public int getAtOnce() {
        return atOnce;
    }

    /**
     * Sets it.
     *
     * @param atOnce how many, at least 1
     */
    public void setAtOnce(int atOnce) {
        this.atOnce = atOnce;
    }

    /** {@return more than zero} */
    public Duration getRetryAfter() {
        return retryAfter;
    }

    /**
     * Sets it.
     *
     * @param retryAfter more than zero
     */
    public void setRetryAfter(Duration retryAfter) {
        this.retryAfter = retryAfter;
    }

    /** {@return at least 1 byte} */
    public DataSize getMaxUnreadBytes() {
        return maxUnreadBytes;
    }

    /**
     * Sets it.
     *
     * @param maxUnreadBytes at least 1 byte
     */
    public void setMaxUnreadBytes(DataSize maxUnreadBytes) {
        this.maxUnreadBytes = maxUnreadBytes;
    }
}
