package io.handoff.reliability.token;

import io.handoff.reliability.Reliability;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The page that a test of attacks leaves in the end: what came of each, as a table. */
final class TokenPage implements AfterAllCallback {

    private final String name;
    private final String title;
    private final List<String> rows = new CopyOnWriteArrayList<>();

    TokenPage(String name, String title) {
        this.name = name;
        this.title = title;
    }

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

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        Reliability.writePage(
                context.getRequiredTestClass(),
                name,
                title,
                "Every attacker is a peer that may connect: same host, same user. The backend runs in the process of the"
                        + " test, its tokens on one event loop, its connections on two.\n\n"
                        + "| attack | tokens presented | accepted | refused | outcome |\n|---|---|---|---|---|\n"
                        + String.join("\n", rows));
    }
}
