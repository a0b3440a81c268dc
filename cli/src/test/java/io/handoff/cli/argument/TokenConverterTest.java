package io.handoff.cli.argument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TokenConverterTest {

    private final TokenConverter converter = new TokenConverter();

    @Test
    void shouldReadHexadecimalDigitsOfEitherCase() {
        assertThat(converter.convert("000102030405060708090A0b0C0d0E0f").toHex())
                .isEqualTo("000102030405060708090a0b0c0d0e0f");
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "000102030405060708090a0b0c0d0e0", "zz0102030405060708090a0b0c0d0e0f"})
    void shouldRefuseEverythingElseWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .message()
                .contains("hexadecimal digit")
                .doesNotContain(text);
    }
}
