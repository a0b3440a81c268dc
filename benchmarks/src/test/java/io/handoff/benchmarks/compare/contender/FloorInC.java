package io.handoff.benchmarks.compare.contender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;

/** {@code floor.c}, compiled for a test; where there is no compiler, that test is skipped. */
public final class FloorInC {

    private FloorInC() {}

    /** Builds it in a directory, and returns the program. */
    public static Path build(Path directory) throws IOException, InterruptedException {
        assumeThat(exitOf("sh", "-c", "command -v ${CC:-cc}"))
                .as("there is a C compiler")
                .isZero();
        assertThat(exitOf("src/main/c/build", directory.toString())).isZero();
        return directory.resolve("floor");
    }

    private static int exitOf(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .waitFor();
    }
}
