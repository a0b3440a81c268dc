package io.handoff.netty.descriptor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user may not do is tried with the command, whose process can be another user's. */
class SocketPathTest {

    @TempDir
    Path directory;

    @Test
    void shouldSeeNothingWrongWhereASocketCanBe() throws IOException {
        Path path = directory.resolve("handoff.sock");
        assertThat(SocketPath.obstacleToListening(path)).isNull();
        assertThat(SocketPath.obstacleToConnecting(path)).isNull();

        Files.createFile(path);
        assertThat(SocketPath.obstacleToListening(path)).isNull();
        assertThat(SocketPath.obstacleToConnecting(path)).isNull();
    }

    @Test
    void shouldTakeAPathWithoutAFolder() throws IOException {
        Path root = Path.of("/");
        assertThat(SocketPath.obstacleToListening(Path.of("handoff.sock"))).isNull();
        assertThat(SocketPath.obstacleToListening(root)).isNull();
        assertThat(SocketPath.obstacleToConnecting(root))
                .isEqualTo(
                        Files.isWritable(root)
                                ? null
                                : "this process may not write to the socket file, which belongs to user "
                                        + Files.getOwner(root) + "; run it as that user, or as root");
    }

    @Test
    void shouldSayWhomToRunAsWhereTheSocketIsAnotherUsers() {
        assertThat(SocketPath.ownerAndRemedy(1000, "app", false, 1001))
                .isEqualTo("user app; run it as that user, or as root");
        assertThat(SocketPath.ownerAndRemedy(0, "root", false, 0))
                .isEqualTo("user root; run it as that user, or as root");
        assertThat(SocketPath.ownerAndRemedy(1000, "app", false, 0))
                .isEqualTo("user app; run it as that user, or give this root CAP_DAC_OVERRIDE");
        assertThat(SocketPath.ownerAndRemedy(65534, "nobody", true, 0))
                .isEqualTo(
                        "a user whom the user namespace of this process does not know (shown as 65534); map that user"
                                + " here, and run it as that user");
    }

    @Test
    void shouldNameTheFirstFolderThatDoesNotExist() {
        Path path = directory.resolve("first").resolve("second").resolve("handoff.sock");
        String expected = "the folder " + directory.resolve("first") + " does not exist; make it, or correct the path";

        assertThat(SocketPath.obstacleToListening(path)).isEqualTo(expected);
        assertThat(SocketPath.obstacleToConnecting(path)).isEqualTo(expected);
    }

    @Test
    void shouldNameAFileOnTheWay() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        String expected = file + " is no folder; correct the path";

        assertThat(SocketPath.obstacleToListening(file.resolve("handoff.sock"))).isEqualTo(expected);
        assertThat(SocketPath.obstacleToConnecting(file.resolve("handoff.sock")))
                .isEqualTo(expected);
    }

    @Test
    void shouldTakeAPathThatIsTheSameInBothEncodings() {
        for (Charset platform : List.of(UTF_8, ISO_8859_1, US_ASCII)) {
            assertThat(SocketPath.misfitOf(Path.of("/run/x"), platform)).isNull();
        }
        assertThat(SocketPath.misfitOf(Path.of("/run/\u00e9"), UTF_8)).isNull();
    }

    @Test
    void shouldRefuseAPathThatTheJdkWouldCallOtherwise() {
        String other = "the path is not the same in UTF-8 and in this JVM's encoding, which is ";

        assertThat(SocketPath.misfitOf(Path.of("/run/\u00e9"), ISO_8859_1)).startsWith(other + "ISO-8859-1; ");
        assertThat(SocketPath.misfitOf(Path.of("/run/\u00e9"), US_ASCII)).startsWith(other + "US-ASCII; ");
        // As an argument arrives that is no UTF-8, or the name of a file.
        assertThat(SocketPath.misfitOf(Path.of("/run/\ufffd"), UTF_8)).startsWith(other + "UTF-8; ");
    }

    @Test
    void shouldSayHowLongAPathIsThatDoesNotFit() {
        Path longest = Path.of("/" + "\u00e9".repeat(53));

        assertThat(SocketPath.misfitOf(longest, UTF_8)).isNull();
        assertThat(SocketPath.misfitOf(Path.of(longest + "x"), UTF_8))
                .isEqualTo("the path has 108 bytes; at most 107 fit");
        assertThat(SocketPath.misfitOf(Path.of(""), UTF_8)).isEqualTo("the path is empty");
    }
}
