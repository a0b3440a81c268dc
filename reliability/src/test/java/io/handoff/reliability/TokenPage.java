package io.handoff.reliability;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** What came of the attacks, as a table. */
final class TokenPage {

    private final List<String> rows = new CopyOnWriteArrayList<>();

    void row(String attack, long presented, long accepted, String outcome) {
        rows.add(String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %,d | %s |",
                attack,
                presented,
                accepted,
                presented - accepted,
                outcome));
    }

    void write(Class<?> test, String name, String title) throws IOException {
        Reliability.writePage(
                test,
                name,
                title,
                "Every attacker is a peer that may connect: same host, same user. The backend runs in the process of the"
                        + " test, its tokens on one event loop, its connections on two.\n\n"
                        + "| attack | tokens presented | accepted | refused | outcome |\n|---|---|---|---|---|\n"
                        + String.join("\n", rows));
    }
}
