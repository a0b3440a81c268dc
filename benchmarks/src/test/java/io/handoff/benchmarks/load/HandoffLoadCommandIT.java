package io.handoff.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandoffLoadCommandIT {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... options) {
        List<String> args =
                new ArrayList<>(List.of("--socket", directory.resolve("s").toString()));
        args.addAll(List.of("--warm-up", "50ms"));
        Collections.addAll(args, options);
        return HandoffLoadCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args.toArray(String[]::new));
    }

    @Test
    void shouldPrintOneJsonObjectWhenToldTo() throws Exception {
        try (LoadedBackend backend = LoadedBackend.adopting(directory.resolve("s"))) {
            assertThat(execute("--duration", "200ms", "--json")).isZero();
            assertThat(backend.offersAccepted()).isPositive();
        }
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.fieldNames())
                .toIterable()
                .containsExactly(
                        "mode",
                        "concurrency",
                        "depth",
                        "seconds",
                        "completed",
                        "perSecond",
                        "latencyMicros",
                        "errors",
                        "generatorCpu");
        assertThat(result.path("mode").asText()).isEqualTo("descriptor");
        assertThat(result.path("concurrency").asInt()).isEqualTo(64);
        assertThat(result.path("depth").asInt()).isEqualTo(1);
        assertThat(result.path("seconds").asDouble()).isGreaterThanOrEqualTo(0.2);
        assertThat(result.path("completed").asLong()).isPositive();
        assertThat(result.path("perSecond").asDouble()).isPositive();
        assertThat(result.path("latencyMicros").fieldNames())
                .toIterable()
                .containsExactly("p50", "p90", "p99", "p99.9", "max");
        assertThat(result.path("latencyMicros").path("p50").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(result.path("latencyMicros").path("max").asDouble());
        assertThat(result.path("errors").isEmpty()).isTrue();
        assertThat(result.path("generatorCpu").asDouble()).isPositive().isLessThan(1.2);
    }

    @Test
    void shouldPrintATableAndTheProgress() throws Exception {
        try (LoadedBackend backend = LoadedBackend.framed(directory.resolve("s"), 64)) {
            assertThat(execute("--duration", "1300ms", "--mode", "pipelined")).isZero();
            assertThat(backend.offersAccepted()).isPositive();
        }
        assertThat(out.toString().lines())
                .map(line -> line.replaceAll("  +.*", ""))
                .containsExactly(
                        "pipelined, per second",
                        "p50, µs",
                        "p90, µs",
                        "p99, µs",
                        "p99.9, µs",
                        "max, µs",
                        "errors",
                        "generator, % of a CPU");
        assertThat(err.toString()).matches("( {2}[0-9]+ s measured [0-9]+/s, 0 errors\\R)+");
    }

    @Test
    void shouldNameTheErrorsAndFailWhenThereAreAny() throws Exception {
        try (LoadedBackend backend = LoadedBackend.framed(directory.resolve("s"), 0)) {
            assertThat(execute("--duration", "100ms", "--mode", "fresh", "--concurrency", "1"))
                    .isEqualTo(1);
            assertThat(backend.offersAccepted()).isZero();
        }
        assertThat(out.toString()).containsPattern("(?m)^  rejected: handoff token is not pending +[1-9][0-9]*$");
    }

    @Test
    void shouldSayThatThereIsNoSocket() {
        assertThat(execute()).isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo("handoff-load: " + directory.resolve("s") + ": no such socket" + System.lineSeparator());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--depth=0", "--concurrency=0", "--duration=0s", "--duration=5", "--mode=other", "--other"})
    void shouldExplainAWrongCommandLine(String option) {
        assertThat(execute("--mode=pipelined", option)).isEqualTo(2);
        assertThat(err.toString()).contains("Usage: handoff-load");
    }
}
