package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DemoCommandIT {

    @TempDir
    Path directory;

    @Test
    void shouldShowEachStepAndLeaveNothingBehind() throws Exception {
        try (HandoffProcess demo = HandoffProcess.start(directory, "demo")) {
            assertThat(demo.awaitExit()).as(demo.errors()).isZero();

            assertThat(demo.lines())
                    .hasSize(6)
                    .allSatisfy(line -> assertThat(line).endsWith("ms  ok"))
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("start          listening"),
                            line -> assertThat(line).startsWith("accepted       accepted"),
                            line -> assertThat(line)
                                    .startsWith("replayed       rejected: handoff token is not pending"),
                            line -> assertThat(line)
                                    .startsWith("unknown token  rejected: handoff token is not pending"),
                            line -> assertThat(line).startsWith("malformed      closed without an ACK"),
                            line -> assertThat(line).startsWith("stop           exit 0, socket file removed"));
            assertNothingLeft();
        }
    }

    @Test
    void shouldEndItsBackendWhenInterrupted() throws Exception {
        try (HandoffProcess demo = HandoffProcess.start(directory, "demo")) {
            ProcessHandle backend = demo.awaitChild();

            demo.sendSigterm();

            assertThat(demo.awaitExit()).isNotZero();
            assertThat(backend.isAlive()).isFalse();
            assertNothingLeft();
        }
    }

    private void assertNothingLeft() {
        assertThat(directory)
                .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("handoff-demo"));
    }
}
