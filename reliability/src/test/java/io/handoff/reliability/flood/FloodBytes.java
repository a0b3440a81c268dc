package io.handoff.reliability.flood;

import io.handoff.benchmarks.jmh.SampleOffer;
import io.handoff.testkit.HandoffFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The bytes that each connection of a flood sends: all of them write from the same buffers, so that the flood itself
 * takes no memory.
 *
 * @param first what comes first
 * @param cycle what comes then, again and again
 * @param total how many bytes are sent
 */
record FloodBytes(ByteBuffer first, ByteBuffer cycle, long total) {

    private static final int CYCLE_LENGTH = 64 << 10;

    static FloodBytes none() {
        return new FloodBytes(ByteBuffer.allocate(0), ByteBuffer.allocate(0), 0);
    }

    static FloodBytes offersWithoutEnd() {
        byte[] offer = SampleOffer.frame();
        ByteBuffer offers = ByteBuffer.allocateDirect(CYCLE_LENGTH / offer.length * offer.length);
        while (offers.hasRemaining()) {
            offers.put(offer);
        }
        return new FloodBytes(ByteBuffer.allocate(0), offers.flip(), Long.MAX_VALUE);
    }

    /** The header of a frame, and so many bytes of its body. */
    static FloodBytes partOfFrame(int bodyLength, int sent) {
        byte[] header = HandoffFrames.header(1, bodyLength);
        ByteBuffer first = ByteBuffer.allocateDirect(header.length).put(header).flip();
        return new FloodBytes(first, ByteBuffer.allocateDirect(CYCLE_LENGTH), (long) header.length + sent);
    }

    /**
     * Writes once.
     *
     * @param offset how many bytes have been written before
     * @param most how many at most
     * @return how many the socket took
     */
    int write(SocketChannel socket, long offset, long most) throws IOException {
        ByteBuffer from = from(offset);
        return socket.write(from.limit((int) Math.min(from.limit(), Math.min(most, total - offset))));
    }

    private ByteBuffer from(long offset) {
        int firstLength = first.limit();
        return offset < firstLength
                ? first.slice((int) offset, firstLength - (int) offset)
                : cycleFrom((int) ((offset - firstLength) % cycle.limit()));
    }

    private ByteBuffer cycleFrom(int position) {
        return cycle.slice(position, cycle.limit() - position);
    }
}
