package io.handoff.reliability.soak;

import java.time.Duration;

/** A sample, and when it was taken, counted from the first one. */
record SoakReading(Duration at, SoakSample sample) {

    double minutes() {
        return at.toMillis() / 60_000.0;
    }
}
