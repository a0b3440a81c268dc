package io.handoff.reliability;

import io.handoff.benchmarks.host.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** How this run is meant, and the pages that it leaves. */
public final class Reliability {

    private Reliability() {}

    /** Whether to run as long and as often as docs/reliability reports it, not only what an ordinary build has time for. */
    public static boolean isFull() {
        return Boolean.getBoolean("reliability.full");
    }

    /** The given number in a full run, the other in an ordinary build. */
    public static int sized(int full, int ordinary) {
        return isFull() ? full : ordinary;
    }

    /** Where a page, and what it shows, is written. */
    public static Path results() throws IOException {
        return Files.createDirectories(Path.of(System.getProperty("reliability.results", "target/results")));
    }

    /** Writes the page of a test: a title, when, where and with which command it was run, and what was found. */
    public static void writePage(Class<?> test, String name, String title, String findings) throws IOException {
        String page = "# " + title + "\n\n"
                + LocalDate.now(ZoneOffset.UTC) + ", " + Host.current().description() + ", JDK "
                + System.getProperty("java.version") + ": `"
                + (isFull() ? "reliability/run " + test.getSimpleName() : "./mvnw verify") + "`\n\n"
                + findings.strip() + "\n";
        Files.writeString(results().resolve(name + ".md"), page);
    }
}
