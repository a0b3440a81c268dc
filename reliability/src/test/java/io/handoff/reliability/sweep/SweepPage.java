package io.handoff.reliability.sweep;

import io.handoff.reliability.Reliability;
import io.netty.util.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The page of {@link SweepIT}. */
@SuppressWarnings("InlineFormatString") // Texts that are pages long.
final class SweepPage {

    private static final String INTRODUCTION = """
            A broker hands clients to a backend, each a process of its own with the library, %s. What the event loops of both call
            in the handoff of one client and in serving it is recorded with strace(1), once for each kind of client: one that the
            backend rejects, one that it accepts, and one that has shut its writing side before and still waits for its answer.
            Then each of these calls is made to fail once (`strace -e inject`, attached to the thread): with each error that
            its man page names, and with EINTR, EAGAIN, ENOMEM, EMFILE, ENOSPC and EPERM. %,d calls failed.

            After each, the test fails unless one side has answered every question of the client, or the client is closed;
            unless both processes have the descriptors that they had when they were idle, and the backend no token; unless the
            next handoff works. Time for each: %d s. After all errors of a call both processes are told to end with SIGTERM, and
            have to do so within %d s: %,d times.

            The cells say who served a client of that kind: *broker*, *backend*, or neither, and then its connection was *closed*;
            `–`: there is no such call. Several are for several calls of that name.

            A write(2) to an eventfd, which wakes a loop, returns EAGAIN only: eventfd(2) knows nothing else. A close(2) that fails
            has closed on Linux; with strace it has not, so that the test closes the number in that process by hand. Calls that
            came only sometimes, and not when they should have failed: %d.
            """;

    private SweepPage() {}

    static void write(SweepResults results) throws IOException {
        StringBuilder page = new StringBuilder(String.format(
                Locale.ROOT,
                INTRODUCTION,
                "Netty "
                        + Version.identify().get("netty-transport-native-epoll").artifactVersion(),
                results.injected(),
                SweptClient.PATIENCE_MILLIS / 1000,
                SweptPair.END_SECONDS,
                results.ends(),
                results.missed()));
        for (SweptLoop loop : SweptLoop.values()) {
            table(page, loop, results);
        }
        if (!results.violations().isEmpty()) {
            page.append("\n## What must not be\n\n");
            results.violations().forEach(one -> page.append("- ").append(one).append('\n'));
        }
        Reliability.writePage(SweepIT.class, "sweep", "Every system call fails", page.toString());
    }

    private static void table(StringBuilder page, SweptLoop loop, SweepResults results) {
        page.append("\n## The event loop of the ").append(loop.title()).append("\n\n| call | returns |");
        for (ClientKind client : ClientKind.values()) {
            page.append(' ').append(client.title()).append(" |");
        }
        page.append("\n|---|---|---|---|---|\n");
        results.endings().forEach((site, ofErrno) -> {
            if (site.loop() == loop) {
                rows(ofErrno)
                        .forEach((endings, errnos) -> page.append("| ")
                                .append(site.call())
                                .append(" | ")
                                .append(String.join(" ", errnos))
                                .append(" | ")
                                .append(endings)
                                .append(" |\n"));
            }
        });
    }

    /** The errors that have the same endings, by these. */
    private static Map<String, List<String>> rows(Map<String, Map<ClientKind, Set<String>>> ofErrno) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        ofErrno.forEach((errno, ofClient) -> rows.computeIfAbsent(endings(ofClient), any -> new ArrayList<>())
                .add(errno));
        return rows;
    }

    private static String endings(Map<ClientKind, Set<String>> ofClient) {
        List<String> cells = new ArrayList<>();
        for (ClientKind client : ClientKind.values()) {
            Set<String> endings = ofClient.getOrDefault(client, Set.of());
            cells.add(
                    endings.isEmpty()
                            ? "–"
                            : String.join("; ", endings.stream().sorted().toList()));
        }
        return String.join(" | ", cells);
    }
}
