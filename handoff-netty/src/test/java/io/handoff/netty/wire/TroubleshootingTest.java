package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.descriptor.SocketPath;
import io.handoff.netty.observe.ConnectionRefusal;
import io.handoff.netty.token.TokenVerdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page has every reason that the library gives, under its name and with its text. */
class TroubleshootingTest {

    private static final Pattern FIRST_CELL = Pattern.compile("^\\| `([A-Z_]+)` \\|", Pattern.MULTILINE);

    @Test
    void shouldHaveEveryReasonAndNoOther() throws IOException {
        List<String> reasons = Stream.<Enum<?>[]>of(
                        HandoffRejection.Reason.values(),
                        HandoffWireException.Kind.values(),
                        ConnectionRefusal.values())
                .flatMap(Stream::of)
                .map(Enum::name)
                .toList();

        assertThat(FIRST_CELL.matcher(page()).results().map(first -> first.group(1)))
                .containsExactlyElementsOf(reasons);
    }

    static Stream<String> texts() {
        return Stream.of(
                        Rejections.TOKEN_MISSING,
                        Rejections.TOKEN_NOT_PENDING,
                        Rejections.of(TokenVerdict.EXPIRED),
                        Rejections.TOKEN_MISMATCH,
                        Rejections.DESCRIPTOR_LOST,
                        Rejections.stateNotTaken(77, 0),
                        Rejections.ADOPTION_FAILED,
                        Rejections.LISTENER_CLOSED,
                        Rejections.LISTENER_PAUSED,
                        Rejections.ADMISSION_FAILED,
                        Rejections.byBackend(""))
                .map(HandoffRejection::detail);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void shouldQuoteTheText(String text) throws IOException {
        assertThat(page()).contains("`" + text + "`");
    }

    @Test
    void shouldQuoteTheTextsWithNumbersInThem() throws IOException {
        assertThat(page())
                .contains(Rejections.tokenLength(77).detail().replace("77", "N"))
                .contains(Rejections.stateNotTaken(77, 66)
                        .detail()
                        .replace("77", "N")
                        .replace("66", "M"))
                .contains(text(WireErrors.unsupportedFramingVersion(77)).replace("77", "G"))
                .contains(text(WireErrors.frameTooLarge(77, 88))
                        .replace("77", "N")
                        .replace("88", "C"))
                .contains(text(WireErrors.frameBudgetExceeded(77, 88, 99))
                        .replace("77", "N")
                        .replace("88", "T")
                        .replace("99", "M"))
                .contains(text(WireErrors.missingDescriptor()))
                .contains(text(WireErrors.unexpectedControl()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no HandoffAck arrived", "no connection to the backend was made"})
    void shouldQuoteWhatTheBrokersDeadlineSays(String missed) throws IOException {
        assertThat(page())
                .contains("`"
                        + text(WireErrors.deadlineExceeded(missed, Duration.ofMillis(77)))
                                .replace("77", "N") + "`");
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "file"})
    void shouldQuoteWhatIsWrongWithAPath(String name, @TempDir Path directory) throws IOException {
        Files.createFile(directory.resolve("file"));
        Path folder = directory.resolve(name);
        Path path = folder.resolve("handoff.sock");

        for (String obstacle :
                Arrays.asList(SocketPath.obstacleToListening(path), SocketPath.obstacleToConnecting(path))) {
            String quoted = String.valueOf(obstacle).replace(folder.toString(), "F") + "`";
            assertThat(page())
                    .contains("`cannot listen on PATH: " + quoted)
                    .contains("`cannot connect to PATH: " + quoted);
        }
    }

    /** What the system says, in its own words. */
    @ParameterizedTest
    @ValueSource(strings = {"Permission denied", "Broken pipe", "Connection reset by peer", "Connection refused"})
    void shouldQuoteTheSystem(String text) throws IOException {
        assertThat(page()).contains("\u2026 " + text + "`");
    }

    private static String text(HandoffWireException error) {
        return String.valueOf(error.getMessage());
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("../docs/troubleshooting.md"));
    }
}
