package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ListenAddressConverterTest {

    private final ListenAddressConverter converter = new ListenAddressConverter();

    @ParameterizedTest
    @CsvSource({"127.0.0.1:0, 127.0.0.1, 0", "0.0.0.0:65535, 0.0.0.0, 65535", "[::1]:80, ::1, 80"})
    void shouldReadAHostAndAPort(String text, String host, int port) {
        assertThat(converter.convert(text)).isEqualTo(new InetSocketAddress(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/run/app.sock", "app.sock", "./127.0.0.1:80", "a/b:80", "host", "host:", ":80", "::1:x"})
    void shouldTakeEverythingElseForAPath(String text) {
        assertThat(converter.convert(text)).isEqualTo(new DomainSocketAddress(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', emptyValue = "", textBlock = """
            127.0.0.1:65536 | port 65536 is too large; expected 0 to 65535
            ''              | no address; expected HOST:PORT or PATH
            """)
    void shouldExplainWhatCannotBeListenedOn(String text, String why) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining(why);
    }
}
