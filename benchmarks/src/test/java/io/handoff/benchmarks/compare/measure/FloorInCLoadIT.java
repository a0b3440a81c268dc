package io.handoff.benchmarks.compare.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.contender.FloorInC;
import io.handoff.benchmarks.compare.contender.ServerCommands;
import io.handoff.benchmarks.load.LoadMode;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FloorInCLoadIT {

    private static final Duration WARM_UP = Duration.ofMillis(50);
    private static final Duration DURATION = Duration.ofMillis(300);
    private static final PrintStream NOWHERE =
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private ServerCommands commands;

    /** In place of the reference there is a program that prints what the reference would. */
    @BeforeEach
    void build() throws Exception {
        Path reference = directory.resolve("reference");
        Files.writeString(reference, """
                #!/bin/sh
                [ "$1 $2 $4 $6" = 'load --socket --concurrency --duration' ] && echo '{"perSecond": 12.5, "errors": {"late": 2}}'
                """);
        Files.setPosixFilePermissions(reference, PosixFilePermissions.fromString("rwx------"));
        commands = new ServerCommands(reference, FloorInC.build(directory));
    }

    @Test
    void shouldBeMeasuredWithAndWithoutDescriptorsAndHaveEveryAckCompared() throws Exception {
        List<Measurement> measured = new LoadRounds(commands, WARM_UP, DURATION, NOWHERE)
                .run(List.of(comparison(LoadMode.DESCRIPTOR, 1), comparison(LoadMode.PIPELINED, 16)), 1);

        assertThat(measured)
                .extracting(Measurement::server, Measurement::errors, Measurement::allocated)
                .containsOnly(tuple(Contender.FLOOR_IN_C, Map.of(), null));
        assertThat(measured)
                .hasSize(2)
                .allSatisfy(one -> assertThat(one.completed()).isPositive());
    }

    @Test
    void shouldTakeWhatBrokersHandOver() throws Exception {
        List<BrokerRate> rates = new BrokerRounds(commands, WARM_UP, DURATION, NOWHERE).run(1);

        assertThat(rates).extracting(BrokerRate::broker).containsExactly(Contender.OURS, Contender.REFERENCE);
        assertThat(rates.get(0).perSecond()).isPositive();
        assertThat(rates.get(0).errors()).isEmpty();
        assertThat(rates.get(1)).isEqualTo(new BrokerRate(Contender.REFERENCE, 1, 12.5, Map.of("late", 2L)));
    }

    private static Comparison comparison(LoadMode mode, int depth) {
        return new Comparison("c", "c", mode, 4, depth, List.of(Contender.FLOOR_IN_C));
    }
}
