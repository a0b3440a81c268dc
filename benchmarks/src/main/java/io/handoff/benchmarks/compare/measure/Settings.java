package io.handoff.benchmarks.compare.measure;

import java.time.Duration;
import java.util.Locale;

/**
 * How much is measured.
 *
 * @param rounds how often each server under each load
 * @param warmUp before each measurement of a JVM
 * @param duration of each measurement
 * @param forks of JMH
 * @param idleConnections of each kind
 * @param referenceVersion of the crate
 */
public record Settings(
        int rounds, Duration warmUp, Duration duration, int forks, int idleConnections, String referenceVersion) {

    /** In seconds. */
    public static String text(Duration duration) {
        return String.format(Locale.ROOT, "%s s", duration.toMillis() / 1000.0).replace(".0 s", " s");
    }
}
