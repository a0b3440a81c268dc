package io.handoff.netty.preface;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {

    private static final String LONGEST = "x".repeat(63) + ("." + "y".repeat(63)).repeat(2) + "." + "z".repeat(61);

    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "EXAMPLE.Com, example.com",
        "example.com., example.com",
        "example.com:8443, example.com",
        "example.com.:8443, example.com",
        "example.com:, example.com",
        "a_b-c.example, a_b-c.example",
        "localhost, localhost",
        "192.0.2.1:80, 192.0.2.1",
        "[::1], ::1",
        "[::1]:8443, ::1",
        "[2001:DB8:0:0:0:0:0:1]:80, 2001:db8::1",
        "2001:db8::1, 2001:db8::1",
    })
    void shouldTellANameInOneForm(String asItCame, String expected) {
        assertThat(HostName.of(asItCame)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ":80",
                "a..b",
                ".a",
                "a b",
                "a/b",
                "ex*mple",
                "a:b",
                "a:80:81",
                "b\u00fccher.example",
                "[",
                "[]",
                "[::1",
                "::1]",
                "[::1]x",
                "[example.com]",
                "[1::2::3]"
            })
    void shouldTellNoNameOfWhatIsNone(String asItCame) {
        assertThat(HostName.of(asItCame)).isNull();
    }

    @Test
    void shouldTakeNamesOf253Characters() {
        assertThat(LONGEST).hasSize(253);
        assertThat(HostName.of(LONGEST)).isEqualTo(LONGEST);
        assertThat(HostName.of(LONGEST + ".:65535")).isEqualTo(LONGEST);
        assertThat(HostName.of(LONGEST + "z")).isNull();
        assertThat(HostName.of("x".repeat(64))).isNull();
        assertThat(HostName.of("x.".repeat(100_000))).isNull();
    }

    @Test
    void shouldTellNoNameWhereNoneCame() {
        @Nullable String none = null;

        assertThat(HostName.of(none)).isNull();
    }
}
