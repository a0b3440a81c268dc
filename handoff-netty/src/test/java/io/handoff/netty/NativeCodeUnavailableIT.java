package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.testkit.JavaCommand;
import io.handoff.testkit.StartedProcess;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A JVM in which a native library cannot be loaded: one is switched off, the other has a directory that is none. */
class NativeCodeUnavailableIT {

    @TempDir
    Path directory;

    /** Runs in a process of its own. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            List<Runnable> builders = List.of(
                    () -> HandoffServer.builder(Path.of("unused")), () -> HandoffBroker.builder(Path.of("unused")));
            // Twice: the first failure must not hide the next.
            for (int i = 0; i < 2; i++) {
                for (Runnable builder : builders) {
                    try {
                        builder.run();
                    } catch (UnsupportedOperationException e) {
                        System.out.println(e.getMessage());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            -Dio.netty.transport.noNative=true, needs Netty's native epoll transport, io.netty.native.workdir
            -Djna.tmpdir=FILE,                  needs JNA's native library,           jna.tmpdir
            """)
    void shouldSayInOneLineWhatToSet(String cause, String text, String property) throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertSays(
                JavaCommand.of(Program.class).withJvmOptions(cause.replace("FILE", file.toString())),
                text,
                "set -D" + property);
    }

    /** What Netty says is the same where its library is not there and where it cannot be unpacked. */
    @Test
    void shouldSayInOneLineWhichJarIsMissing() throws Exception {
        String without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("netty-transport-native-epoll"))
                .collect(Collectors.joining(File.pathSeparator));

        assertSays(
                JavaCommand.of(Program.class).withClassPath(without),
                "needs Netty's native epoll transport",
                "; add io.netty:netty-transport-native-epoll with the classifier linux-");
    }

    private static void assertSays(JavaCommand command, String text, String advice) throws Exception {
        List<String> lines;
        try (StartedProcess program = command.start()) {
            assertThat(program.awaitExit()).as(program.output()).isZero();
            lines = program.lines();
        }
        assertThat(lines).hasSize(4).allSatisfy(line -> assertThat(line).contains(text, advice));
        assertThat(lines.get(0)).startsWith("a handoff server needs");
        assertThat(lines.get(1)).startsWith("a handoff broker needs");
        assertThat(lines.subList(2, 4)).isEqualTo(lines.subList(0, 2));
    }
}
