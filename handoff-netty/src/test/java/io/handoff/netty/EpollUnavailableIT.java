package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A platform without epoll, played by a JVM in which Netty's native code is switched off. */
class EpollUnavailableIT {

    /** Runs in a process of its own. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            try {
                HandoffServer.builder(Path.of("unused"));
            } catch (UnsupportedOperationException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void shouldNameTheCauseWhenAServerIsBuilt() throws Exception {
        Process program = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Dio.netty.transport.noNative=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(program.waitFor()).isZero();
        assertThat(output)
                .startsWith("a handoff server needs Netty's native epoll transport, which is not available here: ")
                .contains("-Dio.netty.transport.noNative=true");
    }
}
