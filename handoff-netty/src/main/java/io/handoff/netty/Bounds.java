package io.handoff.netty;

import java.time.Duration;

/** Checks that the configured bounds are bounds. */
final class Bounds {

    private Bounds() {}

    static int positive(int value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " was " + value + "; expected a positive number");
        }
        return value;
    }

    /** A {@link Duration} of more than 292 years does not fit into nanoseconds and is refused like a negative one. */
    static Duration positive(Duration value, String name) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(
                    name + " was " + value + "; expected a positive duration of at most " + Long.MAX_VALUE + " ns");
        }
        return value;
    }
}
