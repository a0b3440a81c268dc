package io.handoff.cli.config;

import java.time.Duration;

/**
 * What holds for the broker as a whole.
 *
 * @param threads event loops
 * @param handoffsInFlight handoffs under way at once, to each backend
 * @param maxFailures failures of a backend within {@code failureWindow} after which it is left alone
 * @param failureWindow the time in which failures are counted, and for which a backend is left alone
 * @param drainTimeout how long proxied connections may go on after SIGTERM
 */
public record LimitsConfig(
        int threads, int handoffsInFlight, int maxFailures, Duration failureWindow, Duration drainTimeout) {

    public static final LimitsConfig DEFAULT =
            new LimitsConfig(1, 1024, 3, Duration.ofSeconds(10), Duration.ofSeconds(10));
}
