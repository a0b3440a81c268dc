package io.handoff.cli.argument;

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
    @ValueSource(strings = {"/run/app.sock", "./app.sock", "./127.0.0.1:80", "./7000", "a/b:80", "a/b"})
    void shouldTakeWhatHasASlashForAPath(String text) {
        assertThat(converter.convert(text)).isEqualTo(new DomainSocketAddress(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7000",
                ":7001",
                "127.0.0.1:80x",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:123456",
                "::1:80",
                "[::1]",
                "[127.0.0.1]:80",
                "[::1]80",
                "app.sock",
                "host",
                "host:",
                "host:http",
                " :80:",
                "@abstract"
            })
    void shouldTakeNothingElseButHostAndPort(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage(
                        "'" + text + "' is no address; expected HOST:PORT, such as 127.0.0.1:7000 or [::1]:7000, or the"
                                + " path of a Unix-domain socket, with a slash, such as ./clients.sock");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            127.0.0.1:65536        | port 65536 is too large; expected 0 to 65535
            nowhere.invalid:80     | unknown host 'nowhere.invalid'
            """)
    void shouldExplainWhatCannotBeListenedOn(String text, String why) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage(why);
    }
}
