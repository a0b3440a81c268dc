package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands for a backend, a broker and a client, run as whoever pastes them does: all at once. */
@Timeout(60)
class ReadmeCommandIT {

    private static final Pattern BLOCK = Pattern.compile("(?s)```sh\n(\\./handoff backend .*?)```");
    private static final String STOP = "kill %1 %2";

    @TempDir
    Path directory;

    private Path output;
    private Process shell;

    @BeforeEach
    void paste() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        assertThat(readme).contains("`" + STOP + "`");
        String block = BLOCK.matcher(readme)
                .results()
                .map((MatchResult found) -> found.group(1))
                .findFirst()
                .orElseThrow()
                .replace("/tmp/backend.sock", directory.resolve("backend.sock").toString())
                .replace("7000", Integer.toString(freePort()));
        output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", block + STOP + "\nwait")
                .directory(Path.of("..").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        shell = builder.start();
    }

    @AfterEach
    void endWhatIsLeft() {
        shell.descendants().forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly().onExit().join();
    }

    @Test
    void shouldBringTheClientsLineBackFromTheBackend() throws Exception {
        assertThat(shell.waitFor(50, TimeUnit.SECONDS)).as("has ended").isTrue();

        assertThat(Files.readString(output).lines())
                .hasSize(5)
                .contains("listening on " + directory.resolve("backend.sock"), "hello from bash")
                .anySatisfy(line -> assertThat(line).matches("listening on 127\\.0\\.0\\.1:[0-9]+ \\(TCP\\)"))
                .anySatisfy(line -> assertThat(line).startsWith("accepted service=echo correlation_id=1 pid="))
                .contains("accepted correlation_id=1");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
