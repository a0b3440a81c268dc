package io.handoff.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.testkit.JavaCommand;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.StartedProcess;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application in a process of its own tells where native code cannot be loaded. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class HandoffNativeFailureIT {

    private static final String BESIDE = "handoff.backend.only=false";
    private static final String INSTEAD = "handoff.backend.only=true";

    @TempDir
    Path directory;

    /** The application as a program. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            Application.start(Path.of(arguments[0]), arguments[1]);
        }
    }

    private void assertTells(JavaCommand command, String mode, String description, String action) throws Exception {
        Path socket = directory.resolve("s");
        try (StartedProcess process = StartedProcess.start(
                command.withArguments(socket.toString(), mode).toList())) {
            assertThat(process.awaitExit()).isEqualTo(1);
            assertThat(process.output())
                    .contains("Description:")
                    .contains("Unable to serve connections handed off at " + socket + ": " + description)
                    .contains("Action:")
                    .contains(action);
        }
        assertThat(socket).doesNotExist();
    }

    /** Nobody may make a file in /proc, not even root. */
    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldTellWhatToSetWhereNettysLibraryCannotBeUnpacked(String mode) throws Exception {
        assertTells(
                JavaCommand.of(Program.class).withJvmOptions("-Dio.netty.native.workdir=/proc"),
                mode,
                "a handoff server needs Netty's native epoll transport, which is not available here: ",
                "set -Dio.netty.native.workdir to another directory. ");
    }

    @Test
    void shouldTellWhatToSetWhereJnasLibraryCannotBeUnpacked() throws Exception {
        assertTells(
                JavaCommand.of(Program.class).withJvmOptions("-Djna.tmpdir=/proc"),
                BESIDE,
                "a handoff server needs JNA's native library, which cannot be loaded here: ",
                "set -Djna.tmpdir to another directory. ");
    }

    @Test
    void shouldTellWhichJarIsMissing() throws Exception {
        String without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("netty-transport-native-epoll"))
                .collect(Collectors.joining(File.pathSeparator));

        assertTells(
                JavaCommand.of(Program.class).withClassPath(without),
                BESIDE,
                "a handoff server needs Netty's native epoll transport, which is not available here: ",
                "Add io.netty:netty-transport-native-epoll with the classifier linux-");
    }
}
