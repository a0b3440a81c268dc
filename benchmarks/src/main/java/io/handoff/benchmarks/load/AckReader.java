package io.handoff.benchmarks.load;

import io.netty.channel.unix.FileDescriptor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Cuts what a handoff connection answers into frames, and compares each with the ACK that is due. */
final class AckReader {

    private static final byte FRAMING_VERSION = 1;

    /** Room for the reasons that come with rejections. */
    private static final int MIN_CAPACITY = 4096;

    private final SlotFrames frames;

    /** From its position to its limit there is what has been read and not been taken. */
    private final ByteBuffer received;

    AckReader(SlotFrames frames, int acksAtOnce) {
        this.frames = frames;
        this.received = ByteBuffer.allocateDirect(Math.max(MIN_CAPACITY, acksAtOnce * frames.ackLength()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .flip();
    }

    /** Forgets what has come: the next bytes are those of another connection. */
    void reset() {
        received.position(0).limit(0);
    }

    /** Reads once, which may bring nothing. */
    void read(FileDescriptor socket) throws IOException {
        received.compact();
        int read = socket.read(received, received.position(), received.limit());
        received.position(received.position() + Math.max(0, read)).flip();
        if (read < 0) {
            throw new EOFException("connection closed before the ACK");
        }
    }

    /** Tells whether a whole frame is there to be taken. */
    boolean hasFrame() throws IOException {
        return received.remaining() >= SlotFrames.HEADER_LENGTH && received.remaining() >= frameLength();
    }

    /**
     * Takes one frame.
     *
     * @return what it is if not the ACK that accepts the offer of this slot, else null
     */
    @Nullable
    String takeDifference(int slot) throws IOException {
        int end = received.limit();
        received.limit(received.position() + frameLength());
        String difference = frames.differenceFromAck(slot, received);
        received.position(received.limit()).limit(end);
        return difference;
    }

    private int frameLength() throws IOException {
        byte version = received.get(received.position());
        if (version != FRAMING_VERSION) {
            throw new IOException("framing version " + Byte.toUnsignedInt(version) + " where an ACK is due");
        }
        long length = SlotFrames.HEADER_LENGTH + Integer.toUnsignedLong(received.getInt(received.position() + 1));
        if (length > received.capacity()) {
            throw new IOException("frame of " + length + " bytes where an ACK is due");
        }
        return (int) length;
    }
}
