package io.handoff.reliability.soak;

import io.handoff.reliability.Reliability;
import java.time.Duration;

/**
 * The size of the soak.
 *
 * @param perSecond cases that the broker begins in a second
 * @param idle connections at a time that do nothing until their deadline
 * @param living adopted connections that stay open for a while
 * @param issuedPerSecond tokens that the backend issues and nobody uses
 * @param offerTimeout the backend's deadline for an offer
 * @param timeToLive of a token
 * @param warmUp before the first sample: longer than any deadline, so that as many expire as are made
 * @param duration from the first sample to the last
 * @param interval between two samples
 */
record SoakSettings(
        int perSecond,
        int idle,
        int living,
        int issuedPerSecond,
        Duration offerTimeout,
        Duration timeToLive,
        Duration warmUp,
        Duration duration,
        Duration interval) {

    private static final SoakSettings FULL = new SoakSettings(
            800,
            8,
            256,
            20,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofHours(1),
            Duration.ofSeconds(10));

    private static final SoakSettings ORDINARY = new SoakSettings(
            400,
            4,
            32,
            100,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(6),
            Duration.ofSeconds(6),
            Duration.ofMillis(250));

    static SoakSettings current() {
        return Reliability.isFull() ? FULL : ORDINARY;
    }

    int samples() {
        return Math.toIntExact(duration.dividedBy(interval)) + 1;
    }
}
