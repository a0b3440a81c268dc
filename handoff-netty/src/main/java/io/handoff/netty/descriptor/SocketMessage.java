package io.handoff.netty.descriptor;

import com.sun.jna.Memory;
import java.util.ArrayList;
import java.util.List;

/** The memory of one {@code struct msghdr} and what it points to; each thread has one and uses it again. */
final class SocketMessage {
    /** What a descriptor goes with: a token, or the text of a notification to the service manager. */
    private static final int DATA_BYTES = SocketCalls.MAX_BYTES_WITH_DESCRIPTOR;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_PIDFD = 4;
    private static final int MSG_CTRUNC = 0x8;

    // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags.
    private static final int HEADER_BYTES = 56;
    private static final int IOV = 16;
    private static final int IOV_LENGTH = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;

    // struct cmsghdr: len, level, type, and the data after it; each starts at a multiple of 8.
    private static final int CONTROL_HEADER_BYTES = 16;
    private static final int CONTROL_LEVEL = 8;
    private static final int CONTROL_TYPE = 12;
    private static final int CONTROL_BYTES =
            CONTROL_HEADER_BYTES + SocketCalls.Received.MAX_DESCRIPTORS * Integer.BYTES;

    final Memory header = new Memory(HEADER_BYTES);
    private final Memory vector = new Memory(2L * Long.BYTES);
    private final Memory data = new Memory(DATA_BYTES);
    private final Memory control = new Memory(CONTROL_BYTES);

    SocketMessage() {
        header.clear();
        header.setPointer(IOV, vector);
        header.setLong(IOV_LENGTH, 1);
        header.setPointer(CONTROL, control);
        vector.setPointer(0, data);
    }

    void prepareToReceive(int maxBytes) {
        vector.setLong(Long.BYTES, Math.min(maxBytes, DATA_BYTES));
        header.setLong(CONTROL_LENGTH, CONTROL_BYTES);
        header.setInt(FLAGS, 0);
    }

    void prepareToSend(byte[] bytes, int passed) {
        data.write(0, bytes, 0, bytes.length);
        vector.setLong(Long.BYTES, bytes.length);
        control.setLong(0, CONTROL_HEADER_BYTES + Integer.BYTES);
        control.setInt(CONTROL_LEVEL, SOL_SOCKET);
        control.setInt(CONTROL_TYPE, SCM_RIGHTS);
        control.setInt(CONTROL_HEADER_BYTES, passed);
        // With the padding to a multiple of 8.
        header.setLong(CONTROL_LENGTH, CONTROL_HEADER_BYTES + Long.BYTES);
        header.setInt(FLAGS, 0);
    }

    SocketCalls.Received received(int length) {
        List<OwnedDescriptor> descriptors = new ArrayList<>(1);
        boolean unexpectedControl = false;
        long controlLength = header.getLong(CONTROL_LENGTH);
        for (long start = 0; start + CONTROL_HEADER_BYTES <= controlLength; start = next(start)) {
            boolean isSocketLevel = control.getInt(start + CONTROL_LEVEL) == SOL_SOCKET;
            int type = control.getInt(start + CONTROL_TYPE);
            if (isSocketLevel && type == SCM_RIGHTS) {
                for (int number : numbers(start)) {
                    descriptors.add(new OwnedDescriptor(number));
                }
            } else {
                unexpectedControl = true;
                if (isSocketLevel && type == SCM_PIDFD) {
                    // In place of a descriptor there may be an error, which is negative.
                    for (int number : numbers(start)) {
                        if (number >= 0) {
                            new OwnedDescriptor(number).close();
                        }
                    }
                }
            }
        }
        boolean truncated = (header.getInt(FLAGS) & MSG_CTRUNC) != 0;
        return new SocketCalls.Received(data.getByteArray(0, length), descriptors, truncated, unexpectedControl);
    }

    /** What stands in the control message that starts there. */
    private int[] numbers(long start) {
        long bytes = control.getLong(start) - CONTROL_HEADER_BYTES;
        return control.getIntArray(start + CONTROL_HEADER_BYTES, (int) (bytes / Integer.BYTES));
    }

    private long next(long start) {
        long length = control.getLong(start);
        return start + (length + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    }
}
