package io.handoff.testkit;

import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Frames into an {@link EmbeddedChannel}, and out of it. */
public final class EmbeddedFrames {

    private EmbeddedFrames() {}

    /**
     * Has a frame arrive, in one piece.
     *
     * @param channel the channel
     * @param frame the frame
     */
    public static void receive(EmbeddedChannel channel, Frame frame) {
        receive(channel, HandoffFrames.encode(frame), Integer.MAX_VALUE);
    }

    /**
     * Has bytes arrive in pieces, as long as the channel is open: a handler has to read every split of them alike.
     *
     * @param channel the channel
     * @param bytes what arrives
     * @param pieceLength how many bytes a piece has, the last one excepted
     */
    public static void receive(EmbeddedChannel channel, byte[] bytes, int pieceLength) {
        int length;
        for (int start = 0; start < bytes.length && channel.isOpen(); start += length) {
            length = Math.min(pieceLength, bytes.length - start);
            channel.writeInbound(channel.alloc().buffer(length).writeBytes(bytes, start, length));
        }
    }

    /**
     * Takes all bytes that the channel has sent so far.
     *
     * @param channel the channel
     * @return the bytes; their buffers are released
     */
    public static byte[] takeSent(EmbeddedChannel channel) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            byte[] bytes = new byte[next.readableBytes()];
            next.readBytes(bytes).release();
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    /**
     * Takes the ACKs that the channel has sent so far.
     *
     * @param channel the channel of a backend
     * @return the ACKs, oldest first
     * @throws AssertionError if it has sent anything else
     */
    public static List<HandoffAck> takeAcks(EmbeddedChannel channel) {
        return HandoffFrames.decode(takeSent(channel)).stream()
                .map(HandoffFrames::ackIn)
                .toList();
    }

    /**
     * Takes the offers that the channel has sent so far.
     *
     * @param channel the channel of a broker
     * @return the offers, oldest first
     * @throws AssertionError if it has sent anything else
     */
    public static List<HandoffOffer> takeOffers(EmbeddedChannel channel) {
        return HandoffFrames.decode(takeSent(channel)).stream()
                .map(HandoffFrames::offerIn)
                .toList();
    }
}
