package io.handoff.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlotFramesTest {

    private static final int SLOTS = 5;

    private static SlotFrames frames(boolean anyEcho) {
        return frames(LoadMode.FRESH, anyEcho);
    }

    private static SlotFrames frames(LoadMode mode, boolean anyEcho) {
        return new SlotFrames(
                new LoadPlan(Path.of("s"), mode, SLOTS, 1, Duration.ZERO, Duration.ofSeconds(1), anyEcho));
    }

    private static ByteBuffer framed(MessageLite frame) {
        byte[] body = frame.toByteArray();
        return ByteBuffer.allocate(SlotFrames.HEADER_LENGTH + body.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 1)
                .putInt(body.length)
                .put(body)
                .flip();
    }

    private static ByteBuffer accepting(int slot) {
        return ByteBuffer.wrap(Acks.accepting(slot));
    }

    @Test
    void shouldExpectTheAckOfEachSlot() {
        SlotFrames frames = frames(false);
        for (int slot = 0; slot < SLOTS; slot++) {
            assertThat(frames.differenceFromAck(slot, accepting(slot))).isNull();
            assertThat(frames.differenceFromAck(slot, accepting(slot + 1))).isEqualTo("ACK of another offer");
        }
    }

    /** The backend may hold the token of a run before until it has seen the end of its connection. */
    @Test
    void shouldNotSendTheTokensOfAnotherRunWithADescriptor() {
        SlotFrames run = frames(LoadMode.DESCRIPTOR, false);
        SlotFrames next = frames(LoadMode.DESCRIPTOR, false);
        for (int slot = 0; slot < SLOTS; slot++) {
            assertThat(run.token(slot)).isEqualTo(run.token(slot)).isNotEqualTo(next.token(slot));
        }
    }

    @Test
    void shouldExpectTheLengthAndTheHeaderOnlyWhenAnyEchoWillDo() {
        SlotFrames frames = frames(true);
        assertThat(frames.differenceFromAck(0, accepting(SLOTS))).isNull();
        ByteBuffer longer = framed(Frame.newBuilder()
                .setKind(FrameKind.FRAME_KIND_RESPONSE)
                .setPayload(ByteString.copyFrom(new byte[frames.ackLength()]))
                .build());
        assertThat(frames.differenceFromAck(0, longer)).isNotNull();
    }

    @Test
    void shouldRepeatTheReasonOfARejection() {
        HandoffRejection rejection = new HandoffRejection(HandoffRejection.Reason.NOT_ADMITTED, "full");
        byte[] rejecting = Acks.encoded(new HandoffAnswer.Rejected(Acks.offer(2), rejection));
        assertThat(frames(false).differenceFromAck(2, ByteBuffer.wrap(rejecting)))
                .isEqualTo("rejected: full");
    }

    @Test
    void shouldNotTakeAnotherTokenForTheRightOne() {
        ByteBuffer ack = accepting(0);
        byte lastOfToken = LoadTokens.of(0).toBytes()[15];
        int end = indexOfToken(ack) + 15;
        assertThat(ack.get(end)).isEqualTo(lastOfToken);
        ack.put(end, (byte) (lastOfToken + 1));
        assertThat(frames(false).differenceFromAck(0, ack)).isEqualTo("accepting ACK with other bytes than expected");
    }

    private static int indexOfToken(ByteBuffer ack) {
        ByteBuffer token = ByteBuffer.wrap(LoadTokens.of(0).toBytes());
        int index = 0;
        while (!ack.slice(index, token.capacity()).equals(token)) {
            index++;
        }
        return index;
    }

    @Test
    void shouldTellFramesThatAreNoAcks() {
        SlotFrames frames = frames(false);
        assertThat(frames.differenceFromAck(
                        0,
                        framed(Frame.newBuilder()
                                .setKind(FrameKind.FRAME_KIND_EVENT)
                                .build())))
                .isEqualTo("frame that is no response");
        assertThat(frames.differenceFromAck(0, ByteBuffer.wrap(new byte[] {1, 1, 0, 0, 0, 7})))
                .startsWith("frame that is no ACK: ");
    }
}
