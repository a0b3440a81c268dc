package io.handoff.netty.preface;

import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.token.Bounds;
import java.time.Duration;

/** The settings of a peeker. Each is checked where it is set; a peeker once built no longer sees changes. */
public final class PrefacePeekerBuilder {
    private Duration timeout = PrefacePeeker.DEFAULT_TIMEOUT;
    private int maxBytes = PrefacePeeker.DEFAULT_MAX_BYTES;
    private SocketCalls calls = LibcSocketCalls.INSTANCE;

    PrefacePeekerBuilder() {}

    /**
     * Limits the time that a client has for its first bytes. A client that waits for the server to speak waits so long. A first segment that
     * the network loses comes a second late at least (RFC 6298), which the default allows for.
     *
     * @param timeout more than zero; default 3 s
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public PrefacePeekerBuilder timeout(Duration timeout) {
        this.timeout = Bounds.positive(timeout, "timeout");
        return this;
    }

    /**
     * Limits how many bytes are looked at, and so what a client can make this process copy. What is not whole by then is
     * {@link ClientPreface.Other}.
     *
     * @param maxBytes at least 1; default 65,536 (64 KiB)
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public PrefacePeekerBuilder maxBytes(int maxBytes) {
        this.maxBytes = Bounds.positive(maxBytes, "maxBytes");
        return this;
    }

    /** For tests, which count system calls and let them fail. */
    PrefacePeekerBuilder socketCalls(SocketCalls calls) {
        this.calls = calls;
        return this;
    }

    /**
     * Makes the peeker.
     *
     * @return the peeker
     */
    public PrefacePeeker build() {
        return new PrefacePeeker(timeout, maxBytes, calls);
    }
}
