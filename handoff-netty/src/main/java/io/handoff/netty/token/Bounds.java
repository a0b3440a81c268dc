package io.handoff.netty.token;

import java.time.Duration;

/** Checks that the configured bounds are bounds. Not API. */
public final class Bounds {

    private Bounds() {}

    /**
     * Checks a number.
     *
     * @param value more than zero
     * @param name of the setting, for the error
     * @return the value
     * @throws IllegalArgumentException if it is zero or negative
     */
    public static int positive(int value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " was " + value + "; expected a positive number");
        }
        return value;
    }

    /**
     * Checks a time. One of more than 292 years does not fit into nanoseconds and is refused like a negative one.
     *
     * @param value more than zero
     * @param name of the setting, for the error
     * @return the value
     * @throws IllegalArgumentException if it is zero, negative or too long
     */
    public static Duration positive(Duration value, String name) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(
                    name + " was " + value + "; expected a positive duration of at most " + Long.MAX_VALUE + " ns");
        }
        return value;
    }
}
