package io.handoff.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ChatStateTest {

    @Test
    void shouldGoOnAsItWasInTheNextRelease() throws Exception {
        ChatState state = new ChatState("lobby", "Zoë", 17, 1L << 40);

        assertThat(ChatState.of(ByteBuffer.wrap(state.toBytes()))).isEqualTo(state);
    }

    @Test
    void shouldFitIntoItsBoundHoweverLongTheNameIs() throws Exception {
        ChatState state = new ChatState("x".repeat(40), "\ud835\udcb3".repeat(40), Long.MAX_VALUE, Long.MAX_VALUE);

        assertThat(state.toBytes()).hasSizeLessThan(ChatState.MAX_BYTES);
    }

    @Test
    void shouldSkipWhatALaterReleaseHasAdded() throws Exception {
        String later = "{\"room\":\"lobby\",\"name\":\"Ada\",\"said\":1,\"told\":2,\"mood\":\"good\"}";

        assertThat(ChatState.of(ByteBuffer.wrap(later.getBytes(UTF_8)))).isEqualTo(new ChatState("lobby", "Ada", 1, 2));
    }

    @Test
    void shouldRefuseWhatIsNoState() {
        assertThatThrownBy(() -> ChatState.of(ByteBuffer.wrap("lobby".getBytes(UTF_8))))
                .isInstanceOf(IOException.class);
    }
}
