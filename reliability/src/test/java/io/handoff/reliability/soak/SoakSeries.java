package io.handoff.reliability.soak;

import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * One number of each sample, and by how much it may have grown from the first tenth to the last.
 *
 * @param title as the page and the plot name it
 * @param isBytes whether it is shown in MiB
 * @param share what it may grow by as a part of itself
 * @param slack and what besides, for what comes and goes
 * @param value where a sample has it
 */
record SoakSeries(String title, boolean isBytes, double share, long slack, ToLongFunction<SoakSample> value) {

    private static final long MIB = 1024 * 1024;

    static final SoakSeries PENDING_TOKENS = count("pending tokens", 0.10, 20, SoakSample::pendingTokens);

    static final List<SoakSeries> ALL = List.of(
            count("open descriptors", 0.02, 16, SoakSample::descriptors),
            PENDING_TOKENS,
            bytes("heap after collection", 0.10, 2, SoakSample::heap),
            bytes("direct memory", 0.10, 2, SoakSample::direct),
            count("threads", 0, 2, SoakSample::threads),
            bytes("resident memory", 0.10, 16, SoakSample::resident),
            count("handoff connections", 0, 8, SoakSample::handoffConnections),
            count("adopted connections", 0.02, 8, SoakSample::adoptedConnections));

    private static SoakSeries count(String title, double share, long slack, ToLongFunction<SoakSample> value) {
        return new SoakSeries(title, false, share, slack, value);
    }

    private static SoakSeries bytes(String title, double share, long slackMib, ToLongFunction<SoakSample> value) {
        return new SoakSeries(title, true, share, slackMib * MIB, value);
    }

    long of(SoakReading reading) {
        return value.applyAsLong(reading.sample());
    }

    String titleWithUnit() {
        return isBytes ? title + ", MiB" : title;
    }

    /** In the unit of the page and the plot. */
    double shown(double number) {
        return isBytes ? number / MIB : number;
    }

    String format(double number) {
        return String.format(Locale.ROOT, isBytes ? "%,.2f" : "%,.0f", shown(number));
    }

    String tolerance() {
        String slackShown = isBytes ? slack / MIB + " MiB" : Long.toString(slack);
        return share == 0 ? slackShown : Math.round(share * 100) + " % + " + slackShown;
    }
}
