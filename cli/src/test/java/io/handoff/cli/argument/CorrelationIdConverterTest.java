package io.handoff.cli.argument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class CorrelationIdConverterTest {

    private final CorrelationIdConverter converter = new CorrelationIdConverter();

    @ParameterizedTest
    @CsvSource({"0, 0", "42, 42", "9223372036854775808, -9223372036854775808", "18446744073709551615, -1"})
    void shouldReadUnsigned64Bits(String text, long bits) {
        assertThat(converter.convert(text)).isEqualTo(bits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "0x1", "18446744073709551616"})
    void shouldRefuseEverythingElse(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + text + "' is not a correlation id; expected 0 to 18446744073709551615");
    }
}
