package io.handoff.cli.argument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SocketPathConverterTest {

    private final SocketPathConverter converter = new SocketPathConverter();

    @ParameterizedTest
    @ValueSource(strings = {"/run/app.sock", "app.sock", "s", "./7000", "./127.0.0.1:80", "a:b/c"})
    void shouldReadAPath(String text) {
        assertThat(converter.convert(text)).isEqualTo(Path.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7000", ":7001", "127.0.0.1:80", "[::1]:80", "localhost:80x"})
    void shouldRefuseWhatLooksLikeAnAddress(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageStartingWith("'" + text + "' is no path; expected that of a Unix-domain socket");
    }
}
