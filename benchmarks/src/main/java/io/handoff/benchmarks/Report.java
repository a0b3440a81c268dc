package io.handoff.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.RuntimeVersion;
import io.netty.util.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;

/** Puts the JSON of a JMH run into a form that can be committed: with the host described, and without its paths. */
final class Report {

    private Report() {}

    /**
     * Writes {@code jmh.json} and {@code jmh.md} into a new directory, and prints which.
     *
     * @param args the JSON that JMH has written; the directory for all results; the command that was run; the load
     *     average before and after it
     */
    public static void main(String[] args) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode results = json.readTree(Path.of(args[0]).toFile());
        Host host = Host.current();
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        Path directory = Files.createDirectories(Path.of(args[1], today + "-" + host.kind()));
        String text = text(results, host, today, args[2], args[3]);

        for (JsonNode result : results) {
            // The path of the JVM on this machine.
            ((ObjectNode) result).remove("jvm");
        }
        json.writerWithDefaultPrettyPrinter()
                .writeValue(directory.resolve("jmh.json").toFile(), results);
        Files.writeString(directory.resolve("jmh.md"), text);
        System.out.println(directory);
    }

    private static String text(JsonNode results, Host host, LocalDate day, String command, String load) {
        JsonNode first = results.path(0);
        return """
                # JMH results of %s

                - Host: %s; load average %s
                - JVM: %s %s, `%s`
                - Netty %s, protobuf-java %s, JMH %s
                - %s forks, %s × %s warm-up and %s × %s measurement each, one thread; average time
                - Command: `%s`

                %s""".formatted(
                        day,
                        host.description(),
                        load,
                        first.path("vmName").asText(),
                        first.path("vmVersion").asText(),
                        jvmArguments(first),
                        nettyVersion(),
                        protobufVersion(),
                        first.path("jmhVersion").asText(),
                        first.path("forks").asText(),
                        first.path("warmupIterations").asText(),
                        first.path("warmupTime").asText(),
                        first.path("measurementIterations").asText(),
                        first.path("measurementTime").asText(),
                        command,
                        new ResultTable(results).toMarkdown());
    }

    private static String jvmArguments(JsonNode result) {
        StringBuilder arguments = new StringBuilder();
        result.path("jvmArgs")
                .forEach(argument -> arguments.append(argument.asText()).append(' '));
        return arguments.toString().strip();
    }

    private static String nettyVersion() {
        return Objects.requireNonNull(Version.identify().get("netty-common"), "Netty does not know its version")
                .artifactVersion();
    }

    private static String protobufVersion() {
        return RuntimeVersion.OSS_MAJOR + "." + RuntimeVersion.OSS_MINOR + "." + RuntimeVersion.OSS_PATCH;
    }
}
