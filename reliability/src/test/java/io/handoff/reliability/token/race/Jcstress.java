package io.handoff.reliability.token.race;

import io.handoff.benchmarks.host.Jvm;
import io.handoff.reliability.Reliability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;

/** Runs jcstress over some races, in processes of its own, and reads what it has seen. */
final class Jcstress {

    private static final long PATIENCE_MINUTES = Reliability.sized(40, 5);

    private final Path directory;

    /** Takes an empty directory for its files. */
    Jcstress(Path directory) {
        this.directory = directory;
    }

    /** Runs the races with the given options, and returns a result for each. */
    List<TestResult> run(List<Class<?>> races, List<String> options)
            throws IOException, InterruptedException, ClassNotFoundException {
        List<String> arguments = new ArrayList<>(options);
        arguments.addAll(List.of("-t", races.stream().map(Jcstress::exactly).collect(Collectors.joining("|"))));
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(Jvm.command(org.openjdk.jcstress.Main.class, List.of(), arguments))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                throw new IOException("jcstress does not end: " + Files.readString(output));
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(Files.readString(output));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return results();
    }

    private static String exactly(Class<?> race) {
        return Pattern.quote(race.getName()) + "$";
    }

    private List<TestResult> results() throws IOException, ClassNotFoundException {
        InProcessCollector collector = new InProcessCollector();
        try (var files = Files.newDirectoryStream(directory, "jcstress-results-*.bin.gz")) {
            DiskReadCollector reader =
                    new DiskReadCollector(files.iterator().next().toString(), collector);
            reader.dump();
            reader.close();
        }
        return ReportUtils.mergedByName(collector.getTestResults());
    }
}
