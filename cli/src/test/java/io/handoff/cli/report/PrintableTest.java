package io.handoff.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PrintableTest {

    @ParameterizedTest
    @CsvSource({"zccache, zccache", "a.b-c/d_1, a.b-c/d_1", "gr\u00fc\u00df, gr\u00fc\u00df", "a\\b, a\\\\b"})
    void shouldKeepWhatCanBeSeen(String text, String expected) {
        assertThat(Printable.word(text)).isEqualTo(expected);
        assertThat(Printable.line(text)).isEqualTo(expected);
    }

    static Stream<Arguments> invisible() {
        return Stream.of(
                Arguments.of("line feed", "\n", "\\u{a}"),
                Arguments.of("carriage return", "\r", "\\u{d}"),
                Arguments.of("escape", "\u001b", "\\u{1b}"),
                Arguments.of("C1 control", "\u0085", "\\u{85}"),
                Arguments.of("line separator", "\u2028", "\\u{2028}"),
                Arguments.of("right-to-left override", "\u202e", "\\u{202e}"),
                Arguments.of("unpaired surrogate", "\ud800", "\\u{d800}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invisible")
    void shouldEscapeWhatCannotBeSeen(String name, String text, String escaped) {
        assertThat(Printable.line("a" + text + "b")).isEqualTo("a" + escaped + "b");
    }

    @Test
    void shouldKeepSpacesWithinALineButNotWithinAWord() {
        assertThat(Printable.line("a b")).isEqualTo("a b");
        assertThat(Printable.word("a b\u00a0c")).isEqualTo("a\\u{20}b\\u{a0}c");
    }
}
