package io.handoff.reliability.death;

import io.handoff.reliability.Reliability;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The page of {@link DeathIT}. */
@SuppressWarnings("InlineFormatString") // Texts that are pages long.
final class DeathPage {

    private static final String INTRODUCTION = """
            Three processes: this test with the clients, a broker that echoes and lets go of each client after 64 bytes, a backend
            that goes on echoing with `HandoffServer`. Half of the clients are handed off by `HandoffBroker`. The other half is moved by
            `HandoffTakeover`, as from one release to the next: with the number that is due next as state, and with the bytes of a number
            that has come in part. The backend closes a client of these that does not go on with that number. Each client streams numbered
            bytes at its own pace, every other one over TCP, the rest over Unix-domain sockets, and looks at each byte that comes back. Its
            handoff is made to stand at one step, by event loops and handlers that the two programs give to the library. When
            handoffs stand at all steps, one of the two processes is killed with SIGKILL, and what stands in the other one goes
            on. So each death is a death at every step, of every handoff that stands there. At the random moments nothing is held:
            %d clients begin at once, and the kill comes somewhere within the %s that they took undisturbed.

            *Served on*: every byte, those that were sent after the death too, came back once and in order. *Closed*: the
            connection ended, and what had come back was right. Which of them it has to be is known for each step, and the
            test fails for anything else: for a byte lost, doubled or out of place, for a client that is neither served nor closed
            within %d s, for a socket left in the surviving process once the clients have gone. At a random moment both are right.

            All in all %,d bytes came back, and the last client of a death was served on or closed %s after the kill at most.
            """;

    private static final String RESTARTS = """
            ## The next backend

            After each death of the backend another one was started on the same path, where the killed one had left its socket
            file, and was handed a client by the broker that had survived: %d times. The test fails if that takes more than a
            second from the call of `start()`.

            | until the first bytes of that client were served | median | longest |
            |---|---|---|
            | from the call of `start()` | %s | %s |
            | from the start of the process, a JVM with `%s` | %s | %s |

            The brokers had no limit of failures (`maxFailures`): by default one that has failed eight times within 30 s serves its
            clients itself for the rest of that time.
            """;

    private DeathPage() {}

    static void write(DeathCounts counts, int clientsAtOnce, long undisturbedNanos) throws IOException {
        String introduction = String.format(
                Locale.ROOT,
                INTRODUCTION,
                clientsAtOnce,
                millis(undisturbedNanos),
                DeathIT.PATIENCE.toSeconds(),
                counts.bytes(),
                millis(counts.longestEndNanos()));
        StringBuilder tables = new StringBuilder();
        for (Party victim : Party.values()) {
            for (Way way : Way.values()) {
                tables.append(table(counts, victim, way));
            }
        }
        Reliability.writePage(
                DeathIT.class, "death", "Death of a broker or a backend", introduction + tables + restarts(counts));
    }

    private static String table(DeathCounts counts, Party victim, Way way) {
        StringBuilder table = new StringBuilder("\n## The " + victim.title() + " dies: " + way.title() + "\n\n");
        table.append("| where the handoffs stood | deaths | handoffs there | served on | closed |\n");
        table.append("|---|--:|--:|--:|--:|\n");
        counts.rows(victim, way)
                .forEach((place, row) -> table.append(String.format(
                        Locale.ROOT,
                        "| %s | %d | %d | %d | %d |%n",
                        place,
                        row.deaths(),
                        row.clients(),
                        row.clients(ClientEnd.SERVED_ON),
                        row.clients(ClientEnd.CLOSED))));
        return table.append('\n').toString();
    }

    private static String restarts(DeathCounts counts) {
        return String.format(
                Locale.ROOT,
                RESTARTS,
                counts.callToServing().size(),
                median(counts.callToServing()),
                longest(counts.callToServing()),
                String.join(" ", HandoffPair.JVM_FLAGS),
                median(counts.processToServing()),
                longest(counts.processToServing()));
    }

    private static String median(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return millis(sorted.get(sorted.size() / 2));
    }

    private static String longest(List<Long> nanos) {
        return millis(Collections.max(nanos));
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / (double) TimeUnit.MILLISECONDS.toNanos(1));
    }
}
