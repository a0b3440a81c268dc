package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.handoff.netty.Frames;
import io.handoff.netty.answer.BackendChannel;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffOffer;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What protobuf-java reads although its encoding is broken, alone and through the pipeline. */
class WellFormedTest {

    /** Fields that protobuf-java parses, for {@code correlation_id} or as unknown ones. */
    private static final String A_KEY_OF_33_BITS = "a0808080 10 07";

    private static final String A_NUMBER_OF_65_BITS = "20 ffffffffffffffffff 02";
    private static final String A_LENGTH_OF_33_BITS = "5a 8180808010 00";
    private static final HandoffToken TOKEN = HandoffToken.ofHex("000102030405060708090a0b0c0d0e0f");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                // Numbers of one byte, of ten, and of two that need one; a negative enum; a 64-bit value for 32 bits.
                "0807 20ffffffffffffffffff01 0a8000 10ffffffffffffffffff01 08ffffffff7f",
                // The greatest field number, and a key of more bytes than it needs.
                "f8ffffff0f00 888080800007",
                // Fixed 64, fixed 32, length-delimited, groups beside and inside each other.
                "590102030405060708 5d01020304 5a03010203 5b5c 5b 0807 63 5d00000000 0a00 64 5c"
            })
    void shouldAcceptWhatAnEncoderMayWrite(String hex) {
        assertThatNoException().isThrownBy(() -> check(hex));
    }

    @ParameterizedTest
    @CsvSource({
        A_KEY_OF_33_BITS + ", a field key has more than 32 bits",
        A_NUMBER_OF_65_BITS + ", 'a varint does not end, or has more than 64 bits'",
        "20 ffffffffffffffffffff 01, 'a varint does not end, or has more than 64 bits'",
        "20 80, 'a varint does not end, or has more than 64 bits'",
        A_LENGTH_OF_33_BITS + ", a field reaches over the end of the message",
        "5a ffffffffffffffffff01, a field reaches over the end of the message",
        "5a 02 00, a field reaches over the end of the message",
        "59 01020304050607, a field reaches over the end of the message",
        "5d 010203, a field reaches over the end of the message",
        "00 00, a field has the number 0",
        "8000 00, a field has the number 0",
        "5e, a field has an unknown wire type",
        "5f, a field has an unknown wire type",
        "5c, a group ends that has not begun",
        "5b 64, a group ends inside another",
        "5b 00, a field has the number 0",
        "5b, 'a varint does not end, or has more than 64 bits'",
    })
    void shouldSayWhatIsBroken(String hex, String message) {
        assertThatExceptionOfType(InvalidProtocolBufferException.class)
                .isThrownBy(() -> check(hex))
                .withMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {A_KEY_OF_33_BITS, A_NUMBER_OF_65_BITS, A_LENGTH_OF_33_BITS})
    void shouldLookIntoGroups(String hex) {
        assertThatExceptionOfType(InvalidProtocolBufferException.class).isThrownBy(() -> check("5b" + hex + "5c"));
    }

    @ParameterizedTest
    @CsvSource({"99, '0807', true", "100, '', true", "100, '0807', false", "101, '', false"})
    void shouldCountHowDeepFieldsLieInGroups(int groups, String inside, boolean accepted) {
        String hex = "5b".repeat(groups) + inside + "5c".repeat(groups);
        if (accepted) {
            assertThatNoException().isThrownBy(() -> check(hex));
        } else {
            assertThatExceptionOfType(InvalidProtocolBufferException.class)
                    .isThrownBy(() -> check(hex))
                    .withMessage("a field lies in 100 groups");
        }
    }

    /** Should one of these fail, protobuf-java has become as strict, and its pass can go. */
    @ParameterizedTest
    @ValueSource(strings = {A_KEY_OF_33_BITS, A_NUMBER_OF_65_BITS, A_LENGTH_OF_33_BITS})
    void shouldBeNeededBecauseProtobufReadsIt(String hex) {
        assertThatNoException().isThrownBy(() -> HandoffOffer.parseFrom(bytes(hex)));
    }

    @ParameterizedTest
    @ValueSource(strings = {A_KEY_OF_33_BITS, A_NUMBER_OF_65_BITS, A_LENGTH_OF_33_BITS})
    void shouldEndTheConnectionWhenAFrameIsBroken(String hex) {
        byte[] body = Frames.concat(Frames.offerFrame(TOKEN, 1).build().toByteArray(), bytes(hex));

        HandoffWireException error = errorFrom(Frames.framed(body));

        assertThat(error.kind()).isEqualTo(Kind.UNDECODABLE_FRAME);
        assertThat(error).hasMessageStartingWith("failed to decode HandoffOffer Frame: a ");
    }

    @ParameterizedTest
    @ValueSource(strings = {A_KEY_OF_33_BITS, A_NUMBER_OF_65_BITS, A_LENGTH_OF_33_BITS})
    void shouldEndTheConnectionWhenAPayloadIsBroken(String hex) {
        Frame.Builder frame = Frames.offerFrame(TOKEN, 1);
        frame.setPayload(frame.getPayload().concat(ByteString.copyFrom(bytes(hex))));

        HandoffWireException error = errorFrom(Frames.framed(frame.build()));

        assertThat(error.kind()).isEqualTo(Kind.UNDECODABLE_PAYLOAD);
        assertThat(error).hasMessageStartingWith("failed to decode HandoffOffer payload: a ");
    }

    @Test
    void shouldJudgeTheEnvelopeBeforeThePayloadIsLookedAt() {
        Frame.Builder frame = Frames.offerFrame(TOKEN, 1).setKindValue(1);
        frame.setPayload(ByteString.copyFrom(bytes(A_KEY_OF_33_BITS)));

        assertThat(errorFrom(Frames.framed(frame.build())).kind()).isEqualTo(Kind.FRAME_KIND);
    }

    private static HandoffWireException errorFrom(byte[] stream) {
        BackendChannel backend = new BackendChannel().registering(TOKEN);
        backend.receive(stream, stream.length);
        assertThat(backend.tokens.pendingCount()).isEqualTo(1);
        assertThat(backend.answers).isEmpty();
        assertThat(backend.errors).singleElement().isInstanceOf(HandoffWireException.class);
        backend.finish();
        return (HandoffWireException) backend.errors.get(0);
    }

    private static void check(String hex) throws InvalidProtocolBufferException {
        ByteBuffer message = ByteBuffer.wrap(bytes(hex));
        WellFormed.check(message);
        assertThat(message.hasRemaining()).isFalse();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
