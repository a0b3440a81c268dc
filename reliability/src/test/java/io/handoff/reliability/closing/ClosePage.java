package io.handoff.reliability.closing;

import io.handoff.reliability.Reliability;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The page of {@link CloseIT}. */
@SuppressWarnings("InlineFormatString") // A text that is a page long.
final class ClosePage {

    private static final String INTRODUCTION = """
            Brokers hand off clients to a backend in another process, each one client after the other as fast as it can, and the
            backend is closed (`HandoffServer.close()`), after a random number of clients, and started anew, %d times for each
            row. Each client asks once: the answer tells whether the backend serves it or the broker, which has it back. A
            client that gets no answer, because both have closed its connection, is *lost*.

            A socket of its own has a file, which the backend removes first: clients stay with their brokers then until the
            next one has started. One that was passed to it, by a service manager, stays, and who connects waits for the next
            backend. In the last rows the backend has run out of descriptors before, so that it does not accept for a second,
            and a client of each broker waits; it has descriptors again when it is closed.

            | socket | brokers | closes | served by the backend | kept by the broker | lost | longest close |
            |---|--:|--:|--:|--:|--:|--:|
            """;

    private ClosePage() {}

    static void write(int closes, List<CloseRow> rows) throws IOException {
        StringBuilder page = new StringBuilder(String.format(Locale.ROOT, INTRODUCTION, closes));
        for (CloseRow row : rows) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %,d | %,d | %d | %,d ms |%n",
                    row.close().socket(),
                    row.brokers(),
                    closes,
                    row.served(),
                    row.kept(),
                    row.lost(),
                    TimeUnit.NANOSECONDS.toMillis(row.longestNanos())));
        }
        Reliability.writePage(CloseIT.class, "closing", "Backends that close under load", page.toString());
    }
}
