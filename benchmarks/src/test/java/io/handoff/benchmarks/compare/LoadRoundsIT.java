package io.handoff.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.benchmarks.load.LoadMode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadRoundsIT {

    @ParameterizedTest
    @EnumSource(
            value = LoadMode.class,
            names = {"DESCRIPTOR", "FRESH", "PIPELINED"})
    void shouldMeasureThisLibraryAndTheFloorWithoutErrors(LoadMode mode) throws Exception {
        Comparison tiny = new Comparison(
                "tiny", "tiny", mode, 4, 4, List.of(Contender.OURS, Contender.FLOOR, Contender.RECONNECT));
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        LoadRounds rounds = new LoadRounds(
                new ServerCommands(Path.of("no-reference")),
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                new PrintStream(log, true, StandardCharsets.UTF_8));

        List<Measurement> measured = rounds.run(List.of(tiny), 1);

        assertThat(measured).extracting(Measurement::server).isEqualTo(tiny.contenders());
        assertThat(measured).allSatisfy(measurement -> {
            assertThat(measurement.errors()).isEmpty();
            assertThat(measurement.completed()).isPositive();
            assertThat(measurement.latencyNanos().getTotalCount()).isEqualTo(measurement.completed());
            assertThat(measurement.serverCpuMicros()).isPositive();
        });
        assertThat(log.toString(StandardCharsets.UTF_8)).hasLineCount(3).startsWith("round 1, tiny, handoff-netty: ");
    }
}
