package io.handoff.cli.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that go from one socket to another. It reads only when all that it has read has left, so it holds one buffer at most, and
 * none while nothing flows.
 */
final class Direction {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Socket from;
    private final Socket to;
    private ByteBuf pending;
    private boolean isInputEnded;
    private boolean isReceiverGone;
    private boolean isDone;
    private long bytes;
    private @Nullable String problem;

    /** Takes bytes that were read already, which it releases. */
    Direction(Socket from, Socket to, ByteBuf first) {
        this.from = from;
        this.to = to;
        this.pending = first;
    }

    Direction(Socket from, Socket to) {
        this(from, to, Unpooled.EMPTY_BUFFER);
    }

    /** Whether the end of the input, or an error instead of it, has been met. */
    boolean isInputEnded() {
        return isInputEnded;
    }

    /** Whether the receiver could not be written to any more. */
    boolean isReceiverGone() {
        return isReceiverGone;
    }

    /** Whether the receiver has been told of the end, or can be told nothing any more. */
    boolean isDone() {
        return isDone;
    }

    long bytes() {
        return bytes;
    }

    /** The first thing that went wrong. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Reads or writes once, and returns whether that made a difference. */
    boolean step() {
        if (isDone) {
            return false;
        }
        return pending.isReadable() ? write() : isInputEnded ? passOnTheEnd() : read();
    }

    private boolean read() {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(BUFFER_BYTES, BUFFER_BYTES);
        try {
            int read = from.recvAddress(buffer.memoryAddress(), 0, BUFFER_BYTES);
            if (read > 0) {
                pending = buffer.writerIndex(read).retain();
                return true;
            }
            isInputEnded = read < 0;
        } catch (IOException e) {
            // What it had sent before has been read: a reset does not take that back.
            failed(e);
            isInputEnded = true;
        } finally {
            buffer.release();
        }
        return isInputEnded;
    }

    private boolean write() {
        try {
            int written = to.sendAddress(pending.memoryAddress(), pending.readerIndex(), pending.writerIndex());
            bytes += written;
            pending.skipBytes(written);
            if (!pending.isReadable()) {
                release();
            }
            return written > 0;
        } catch (IOException e) {
            failed(e);
            isReceiverGone = true;
            isDone = true;
            release();
            return true;
        }
    }

    private boolean passOnTheEnd() {
        isDone = true;
        try {
            to.shutdown(false, true);
        } catch (IOException | RuntimeException e) {
            // It is gone, and reads nothing.
        }
        return true;
    }

    private void failed(IOException e) {
        if (problem == null) {
            problem = String.valueOf(e.getMessage());
        }
    }

    void release() {
        pending.release();
        pending = Unpooled.EMPTY_BUFFER;
    }
}
