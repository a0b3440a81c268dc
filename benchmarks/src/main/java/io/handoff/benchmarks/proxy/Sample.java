package io.handoff.benchmarks.proxy;

/**
 * One measurement.
 *
 * @param round counted from 1
 * @param way how the clients get to the server
 * @param load what they do
 * @param clients how many there are
 * @param perSecond how often it was done
 * @param p50Micros the median of its time
 * @param p99Micros what 99 of 100 stay within
 * @param cpuMicros of all server processes, each time it was done
 * @param errors connections that came to nothing
 */
record Sample(
        int round,
        Way way,
        Load load,
        int clients,
        double perSecond,
        double p50Micros,
        double p99Micros,
        double cpuMicros,
        long errors) {}
