package io.handoff.benchmarks.compare.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.contender.ServerCommands;
import io.handoff.benchmarks.load.LoadMode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadRoundsIT {

    private static final Comparison DESCRIPTOR =
            new Comparison("tiny", "tiny", LoadMode.DESCRIPTOR, 4, 1, List.of(Contender.OURS, Contender.FLOOR));
    private static final Comparison PIPELINED =
            new Comparison("piped", "piped", LoadMode.PIPELINED, 2, 4, List.of(Contender.OURS));

    @Test
    void shouldMeasureThisLibraryAndTheFloorWithoutErrors() throws Exception {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        LoadRounds rounds = new LoadRounds(
                new ServerCommands(Path.of("no-reference"), Path.of("no-floor-in-C")),
                Duration.ofMillis(100),
                // Long enough for some steps of the server's processor time on a busy machine.
                Duration.ofMillis(800),
                new PrintStream(log, true, StandardCharsets.UTF_8));

        List<Measurement> measured = rounds.run(List.of(DESCRIPTOR, PIPELINED), 1);

        assertThat(measured)
                .extracting(Measurement::comparison, Measurement::server)
                .containsExactly(
                        tuple("tiny", Contender.OURS), tuple("tiny", Contender.FLOOR), tuple("piped", Contender.OURS));
        assertThat(measured).allSatisfy(measurement -> {
            assertThat(measurement.errors()).isEmpty();
            assertThat(measurement.completed()).isPositive();
            assertThat(measurement.latencyNanos().getTotalCount()).isEqualTo(measurement.completed());
            assertThat(measurement.serverCpuMicros()).isPositive();
            assertThat(measurement.allocatedBytes()).isPositive();
        });
        assertThat(log.toString(StandardCharsets.UTF_8)).hasLineCount(3).startsWith("round 1, tiny, handoff-netty: ");
    }
}
