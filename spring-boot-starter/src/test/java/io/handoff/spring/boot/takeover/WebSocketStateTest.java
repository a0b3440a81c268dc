package io.handoff.spring.boot.takeover;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketStateTest {

    private static final String REQUEST = "GET /numbers HTTP/1.1\r\nHost: example\r\n\r\n";

    private static Optional<WebSocketState> read(byte[] state) {
        return WebSocketState.of(ByteBuffer.wrap(state));
    }

    @Test
    void shouldReadTheRequestAndWhatTheApplicationHasSentAlong() {
        ByteArrayOutputStream state = new ByteArrayOutputStream();
        state.writeBytes(("HANDOFF-WEBSOCKET/1\r\n" + REQUEST).getBytes(ISO_8859_1));
        byte[] application = new byte[256];
        for (int each = 0; each < application.length; each++) {
            application[each] = (byte) each;
        }
        state.writeBytes(application);

        WebSocketState read = read(state.toByteArray()).orElseThrow();

        assertThat(read.request()).asString(ISO_8859_1).isEqualTo(REQUEST);
        assertThat(read.application()).isEqualTo(application);
        assertThat(read.toBytes()).isEqualTo(state.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a state of another's",
                REQUEST,
                "HANDOFF-WEBSOCKET/2\r\n" + REQUEST,
                "HANDOFF-WEBSOCKET/1\r\nGET / HTTP/1.1\r\n"
            })
    void shouldReadNothingElse(String state) {
        assertThat(read(state.getBytes(ISO_8859_1))).isEmpty();
    }
}
