package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
                        HandoffRejection.TOKEN_MISSING,
                        HandoffRejection.TOKEN_NOT_PENDING,
                        HandoffRejection.TOKEN_EXPIRED,
                        HandoffRejection.TOKEN_MISMATCH,
                        HandoffRejection.DESCRIPTOR_LOST,
                        HandoffRejection.ADOPTION_FAILED,
                        HandoffRejection.ADMISSION_FAILED,
                        HandoffRejection.byBackend(""))
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
                .contains(HandoffRejection.tokenLength(77).detail().replace("77", "N"))
                .contains(
                        text(HandoffWireException.unsupportedFramingVersion(77)).replace("77", "G"))
                .contains(text(HandoffWireException.frameTooLarge(77, 88))
                        .replace("77", "N")
                        .replace("88", "C"))
                .contains(text(HandoffWireException.frameBudgetExceeded(77, 88, 99))
                        .replace("77", "N")
                        .replace("88", "T")
                        .replace("99", "M"))
                .contains(text(HandoffWireException.missingDescriptor()))
                .contains(text(HandoffWireException.unexpectedControl()));
    }

    private static String text(HandoffWireException error) {
        return String.valueOf(error.getMessage());
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("../docs/troubleshooting.md"));
    }
}
