package io.handoff.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.StandardEnvironment;

/** What a start that fails tells, for each kind of failure. {@code StartFailureIT} has those that real sockets make. */
class HandoffStartFailureAnalyzerTest {

    @TempDir
    Path directory;

    private FailureAnalysis analysisOf(Throwable cause) {
        FailureAnalysis analysis = new HandoffStartFailureAnalyzer(new StandardEnvironment())
                .analyze(new IllegalStateException("outermost", new HandoffStartException(socket(), cause)));
        return Objects.requireNonNull(analysis);
    }

    private Path socket() {
        return directory.resolve("s");
    }

    private void assertTold(FailureAnalysis analysis, String description, String action) {
        assertThat(analysis.getDescription())
                .isEqualTo("Unable to serve connections handed off at " + socket() + ": " + description);
        assertThat(analysis.getAction()).isEqualTo(action);
        assertThat(analysis.getCause()).isInstanceOf(HandoffStartException.class);
    }

    @Test
    void shouldSayWhichPermissionIsMissing() {
        String text = "cannot listen on " + socket() + ": this process may not make files in the folder " + directory
                + "; give its user write permission (w) there, or choose another path";

        assertTold(
                analysisOf(new IOException(text)),
                "cannot listen on " + socket() + ": this process may not make files in the folder " + directory + ".",
                "Give its user write permission (w) there, or choose another path. The path is that of 'handoff.backend.socket'.");
    }

    @Test
    void shouldSayWhatToDoAboutAFileThatIsInTheWay() throws Exception {
        Files.createFile(socket());

        assertTold(
                analysisOf(new BindException("it exists and is no socket")),
                "it exists and is no socket.",
                "Remove the file, or set 'handoff.backend.socket' to another path.");
    }

    @Test
    void shouldNameThePropertyWhenNettyIsTooOld() {
        String text =
                "a handoff server needs Netty 4.2 (4.2.15.Final or newer), but the class path has Netty 4.1.100.Final; import"
                        + " io.netty:netty-bom of a newer version before whatever brings that one";

        assertTold(
                analysisOf(new UnsupportedOperationException(text, new ClassNotFoundException())),
                "a handoff server needs Netty 4.2 (4.2.15.Final or newer), but the class path has Netty 4.1.100.Final.",
                "Import io.netty:netty-bom of a newer version before whatever brings that one. With Spring Boot's dependency"
                        + " management, set the property 'netty.version'.");
    }

    @Test
    void shouldSayWhatToSetWhenNativeCodeCannotBeLoaded() {
        String text =
                "a handoff server needs Netty's native epoll transport, which is not available here: because; if it is unpacked"
                        + " to where nothing may be executed, set -Dio.netty.native.workdir to another directory";

        assertTold(
                analysisOf(new UnsupportedOperationException(text, new UnsatisfiedLinkError())),
                "a handoff server needs Netty's native epoll transport, which is not available here: because.",
                "If it is unpacked to where nothing may be executed, set -Dio.netty.native.workdir to another directory. Only Linux"
                        + " on x86_64 and aarch64 has what is needed; elsewhere, leave 'handoff.backend.socket' unset.");
    }

    @Test
    void shouldSayWhatIsWrongWithAProperty() {
        assertTold(
                analysisOf(new IllegalArgumentException("maxConnections was 0; expected more than 0")),
                "maxConnections was 0; expected more than 0.",
                "Correct the properties 'handoff.backend.*'.");
    }

    @Test
    void shouldSayNothingAboutOtherFailures() {
        assertThat(new HandoffStartFailureAnalyzer(new StandardEnvironment())
                        .analyze(new IllegalStateException("another")))
                .isNull();
    }
}
