package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each command says about the folder of its socket, and how the page on troubleshooting explains it. */
@Timeout(60)
class SocketFolderIT {

    @TempDir
    Path directory;

    private Path folder;
    private Path socket;

    @BeforeEach
    void setUp() throws IOException {
        folder = Files.createDirectory(directory.resolve("folder"));
        socket = folder.resolve("handoff.sock");
    }

    @AfterEach
    void openAgain() throws IOException {
        if (Files.exists(folder)) {
            setPermissions(folder, "rwx------");
        }
    }

    @Test
    void shouldSayThatTheFolderDoesNotExist() throws Exception {
        Files.delete(folder);
        String why = "the folder F does not exist; make it, or correct the path";

        assertServersSay(why);
        assertClientsSay(why);
    }

    @Test
    void shouldSayThatTheFolderMayNotBeEntered() throws Exception {
        setPermissions(folder, "rw-------");
        String why = "this process may not enter the folder F; give its user execute permission (x) there";

        assertServersSay(why);
        assertClientsSay(why);
    }

    @Test
    void shouldSayThatNoFileMayBeMadeInTheFolder() throws Exception {
        setPermissions(folder, "r-x------");

        assertServersSay("this process may not make files in the folder F; give its user write permission (w) there, or"
                + " choose another path");
    }

    @Test
    void shouldSayThatTheSocketIsAnotherUsers() throws Exception {
        Files.createFile(socket);
        setPermissions(socket, "r--------");

        assertOffersSay(
                "this process may not write to the socket file, which belongs to user U; run it as that user, or"
                        + " as root");
    }

    private void assertServersSay(String why) throws Exception {
        assertThat(run(1, "backend", "--socket", socket.toString()))
                .containsExactly("handoff backend: " + cannot("listen on", why));
        assertThat(run(1, "broker", "--backend", "b", "--service", "s", "--listen", socket.toString()))
                .containsExactly("handoff broker: " + cannot("listen on", why));
    }

    private void assertClientsSay(String why) throws Exception {
        assertOffersSay(why);
        assertThat(run(1, "doctor", "--socket", socket.toString())).containsExactly("failed: cannot see PATH: " + why);
    }

    private void assertOffersSay(String why) throws Exception {
        String expected = "no answer: " + cannot("connect to", why);
        assertThat(run(3, "offer", "--token", HandoffProcess.TOKEN, "--socket", socket.toString()))
                .containsExactly(expected);
        assertThat(run(3, "offer", "--descriptor", "--token", HandoffProcess.TOKEN, "--socket", socket.toString()))
                .containsExactly(expected);
    }

    private static String cannot(String what, String why) throws IOException {
        String text = "cannot " + what + " PATH: " + why;
        assertThat(Files.readString(Path.of("../docs/troubleshooting.md"))).contains("`" + text + "`");
        return text;
    }

    /** Runs the command, and returns what it has said, with the paths replaced as on the page. */
    private List<String> run(int exitStatus, String... arguments) throws Exception {
        try (HandoffProcess process = HandoffProcess.startWithoutPrivilege(directory, arguments)) {
            assertThat(process.awaitExit()).as(process.output()).isEqualTo(exitStatus);
            List<String> said = new ArrayList<>(process.lines());
            said.addAll(process.errors().lines().toList());
            said.replaceAll(line -> line.replace(socket.toString(), "PATH")
                    .replace(folder.toString(), "F")
                    .replaceAll("user [^ ;]+;", "user U;"));
            return said;
        }
    }

    private static void setPermissions(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
