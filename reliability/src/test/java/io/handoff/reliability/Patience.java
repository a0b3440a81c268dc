package io.handoff.reliability;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for a socket that does not block, and not for ever. */
final class Patience {

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private final String complaint;
    private final long startNanos = System.nanoTime();

    /** Takes what is wrong when the limit is over. */
    Patience(String complaint) {
        this.complaint = complaint;
    }

    /** Between two looks at the socket. */
    void pause() throws IOException {
        if (System.nanoTime() - startNanos > LIMIT_NANOS) {
            throw new IOException(complaint);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }
}
