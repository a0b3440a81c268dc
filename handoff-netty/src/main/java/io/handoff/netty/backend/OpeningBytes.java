package io.handoff.netty.backend;

import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.descriptor.SocketCalls.Received;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.WireErrors;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first bytes of a handoff connection: with the descriptor that came on them, or, where that cannot be received, without. */
final class OpeningBytes {

    private final SocketCalls calls;
    private final FileDescriptor socket;
    private boolean isWithoutDescriptor;

    OpeningBytes(SocketCalls calls, FileDescriptor socket) {
        this.calls = calls;
        this.socket = socket;
    }

    /** Gives the descriptor up: read(2) brings the bytes alone, and the kernel closes what came on them (unix(7)). */
    void giveUpDescriptor() {
        isWithoutDescriptor = true;
    }

    boolean isWithoutDescriptor() {
        return isWithoutDescriptor;
    }

    /** As {@link SocketCalls#receive}. */
    @Nullable
    Received receive(int maxBytes) throws IOException {
        return isWithoutDescriptor ? read(maxBytes) : calls.receive(socket, maxBytes);
    }

    private @Nullable Received read(int maxBytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(maxBytes);
        int length = socket.read(buffer, 0, maxBytes);
        if (length == 0) {
            return null;
        }
        byte[] bytes = new byte[Math.max(length, 0)];
        buffer.get(bytes);
        return new Received(bytes, List.of(), false, false);
    }

    /** What of it no handoff connection begins with; null if it may. */
    static @Nullable HandoffWireException errorOf(Received received, boolean isFirst) {
        int came = received.descriptors().size();
        if (came > 1) {
            return WireErrors.surplusDescriptor("more than one came at once");
        }
        if (received.unexpectedControl()) {
            return WireErrors.unexpectedControl();
        }
        if (!isFirst && (came == 1 || received.controlTruncated())) {
            return WireErrors.surplusDescriptor("another came after the first byte of the token");
        }
        return null;
    }
}
