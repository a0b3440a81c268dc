package io.handoff.benchmarks.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handoff.benchmarks.host.RunConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts the JSON of a JMH run into a form that can be committed: with the host described, and without its paths. */
public final class Report {

    private Report() {}

    /**
     * Writes {@code jmh.json} and {@code jmh.md} into a new directory, and prints which.
     *
     * @param args the JSON that JMH has written; the directory for all results; the command that was run; the load
     *     average before and after it
     * @throws IOException if the JSON cannot be read, or the results not be written
     */
    public static void main(String[] args) throws IOException {
        RunConditions conditions = RunConditions.now(args[3], args[2]);
        Path directory = Files.createDirectories(conditions.directory(Path.of(args[1])));
        write(new ObjectMapper().readTree(Path.of(args[0]).toFile()), conditions, directory, "jmh");
        System.out.println(directory);
    }

    /**
     * Writes the JSON and the page.
     *
     * @param results what JMH has written, with {@code -prof gc}; the paths in it are removed
     * @param conditions under which it ran
     * @param directory where to write
     * @param name of both files, without their extensions
     * @throws IOException if they cannot be written
     */
    public static void write(JsonNode results, RunConditions conditions, Path directory, String name)
            throws IOException {
        Files.writeString(directory.resolve(name + ".md"), text(results, conditions));
        for (JsonNode result : results) {
            // The path of the JVM on this machine.
            ((ObjectNode) result).remove("jvm");
        }
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(directory.resolve(name + ".json").toFile(), results);
    }

    private static String text(JsonNode results, RunConditions conditions) {
        JsonNode first = results.path(0);
        return """
                # JMH results of %s

                - Host: %s
                - JVM: %s %s, `%s`
                - %s, JMH %s
                - %s forks, %s × %s warm-up and %s × %s measurement each, one thread; average time
                - Command: `%s`

                %s""".formatted(
                        conditions.day(),
                        conditions.machine(),
                        first.path("vmName").asText(),
                        first.path("vmVersion").asText(),
                        jvmArguments(first),
                        RunConditions.libraries(),
                        first.path("jmhVersion").asText(),
                        first.path("forks").asText(),
                        first.path("warmupIterations").asText(),
                        first.path("warmupTime").asText(),
                        first.path("measurementIterations").asText(),
                        first.path("measurementTime").asText(),
                        conditions.command(),
                        new ResultTable(results).toMarkdown());
    }

    private static String jvmArguments(JsonNode result) {
        StringBuilder arguments = new StringBuilder();
        result.path("jvmArgs")
                .forEach(argument -> arguments.append(argument.asText()).append(' '));
        return arguments.toString().strip();
    }
}
