package io.handoff.reliability.soak;

import io.handoff.reliability.Reliability;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a soak has shown.
 *
 * @param settings its size
 * @param readings the samples
 * @param ledger what was done and counted
 * @param before a sample from before the load
 * @param after the last sample, from after it
 */
record SoakFindings(
        SoakSettings settings, List<SoakReading> readings, SoakLedger ledger, SoakSample before, SoakSample after) {

    List<SoakFlatness> flatness() {
        return SoakSeries.ALL.stream()
                .map(series -> SoakFlatness.of(series, readings))
                .toList();
    }

    /** What may be pending: the tokens that nobody uses, some of which come late, and those of open handoff connections. */
    double maxPending() {
        double unused = settings.issuedPerSecond() * settings.timeToLive().toMillis() / 1000.0;
        return 1.25 * unused + settings.idle() + 20;
    }

    void writePage() throws IOException {
        SoakPlot.save(readings, Reliability.results());
        Reliability.writePage(
                SoakIT.class,
                "soak",
                "Soak: a steady mixed load for " + spell(settings.duration().toSeconds()),
                String.join("\n", setUp(), series(), cases(), rest()));
    }

    private static String spell(long seconds) {
        return seconds % 60 == 0 ? seconds / 60 + " minutes" : seconds + " seconds";
    }

    private String setUp() {
        return String.format(
                Locale.ROOT,
                """
                A backend in a process of its own is offered some %,d connections a second, in the proportions that the
                second table shows, by brokers that accept no other answer than the right one. %d more are idle at
                any time until their deadline of %s, %d of the adopted connections stay open for a while, and %d tokens
                a second are issued that nobody uses and that expire after %s. The load runs for %s before the first sample.

                The rate is a fraction of what the library can do, and the machine was not kept free of other work
                meanwhile: this page tells nothing about speed.

                ![each series from the first sample to the last](%s)

                One sample every %s. First and last are the medians of the first and of the last tenth of
                them; the test fails where the last is over the first by more than the tolerance.
                """,
                settings.perSecond(),
                settings.idle(),
                spell(settings.offerTimeout().toSeconds()),
                settings.living(),
                settings.issuedPerSecond(),
                spell(settings.timeToLive().toSeconds()),
                spell(settings.warmUp().toSeconds()),
                SoakPlot.FILE_NAME,
                settings.interval().toMillis() / 1000.0 + " s");
    }

    private String series() {
        return flatness().stream()
                .map(SoakFlatness::toRow)
                .collect(Collectors.joining(
                        "\n",
                        "| series | first tenth | last tenth | min | max | tolerance |\n|---|--:|--:|--:|--:|--:|\n",
                        "\n"));
    }

    private String cases() {
        StringBuilder table = new StringBuilder("""
                | a broker | of 100 | times | the backend's count |
                |---|--:|--:|---|
                """);
        for (SoakCase one : SoakCase.values()) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,d | %s |%n",
                    one.title(),
                    one.isIdle() ? "idle" : one.share(),
                    ledger.load().played(one),
                    one.count() == null ? "" : one.count()));
        }
        return table.toString();
    }

    private String rest() {
        return String.format(
                Locale.ROOT,
                """
                %,d handoffs in all, warm-up included; %d went otherwise than they should. The backend counted as many of each kind as
                were sent. Of the %,d brokers that left without their ACK, %,d were noticed while it was written.

                Once the load had ended and all deadlines were over: %d sockets, pipes and epoll descriptors open, as
                against %d before the load; %d handoff connections, %d adopted ones, %d tokens.
                """,
                ledger.load().played(),
                ledger.load().failures().size(),
                ledger.unread(),
                ledger.ackFailed(),
                after.sockets(),
                before.sockets(),
                after.handoffConnections(),
                after.adoptedConnections(),
                after.pendingTokens());
    }
}
