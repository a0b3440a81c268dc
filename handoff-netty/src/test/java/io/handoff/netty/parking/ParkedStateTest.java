package io.handoff.netty.parking;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParkedStateTest {

    private static final List<ParkedState> STATES =
            List.of(state("", ""), state("known", ""), state("", "unread"), state("known", "unread"));

    private static ParkedState state(String state, String unread) {
        return new ParkedState(state.getBytes(US_ASCII), unread.getBytes(US_ASCII));
    }

    @Test
    void shouldReadWhatWasPutDown() throws IOException {
        assertThat(ParkedState.decode(ParkedState.encode(STATES)))
                .usingRecursiveComparison()
                .isEqualTo(STATES);
    }

    @Test
    void shouldRefuseWhatHasNoEnd() throws IOException {
        byte[] whole = ParkedState.encode(STATES);

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ParkedState.decode(cut)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldRefuseAnotherVersion() throws IOException {
        byte[] bytes = ParkedState.encode(STATES);
        bytes[3]++;

        assertThatThrownBy(() -> ParkedState.decode(bytes)).hasMessage("it is of version 2; expected 1");
    }
}
