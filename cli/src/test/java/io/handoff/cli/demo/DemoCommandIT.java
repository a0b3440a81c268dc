package io.handoff.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.cli.HandoffProcess;
import java.nio.file.Path;
import java.util.List;
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
            assertThat(demo.awaitExit()).as(demo::output).isZero();

            assertThat(demo.lines())
                    .hasSizeBetween(15, 25)
                    .allSatisfy(line -> assertThat(line).hasSizeLessThan(101))
                    .allSatisfy(line -> assertThat(line).containsPattern("ms  ok$|connect to first echo +median"))
                    .anySatisfy(line -> assertThat(line).startsWith("adopted, says the backend        20 accepted "))
                    .anySatisfy(line -> assertThat(line).contains("rejected correlation_id=1: handoff token mismatch"))
                    .anySatisfy(line -> assertThat(line).startsWith("open sockets after "));
            assertNothingLeft();
        }
    }

    @Test
    void shouldEndItsProcessesWhenInterrupted() throws Exception {
        try (HandoffProcess demo = HandoffProcess.start(directory, "demo")) {
            List<ProcessHandle> processes = demo.awaitChildren(4);

            demo.sendSigterm();

            assertThat(demo.awaitExit()).isNotZero();
            assertThat(processes).noneMatch(ProcessHandle::isAlive);
            assertNothingLeft();
        }
    }

    private void assertNothingLeft() {
        assertThat(directory)
                .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("handoff-demo"));
    }
}
