package io.handoff.testkit;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Remembers what is written to it, the latest of it where that is very much. For any thread. */
final class KeptOutput extends OutputStream {

    private static final int MOST_BYTES = 4 << 20;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    @Override
    public void write(int aByte) {
        write(new byte[] {(byte) aByte}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        if (kept.size() > MOST_BYTES) {
            kept.reset();
            kept.writeBytes("[so much was printed that this is not the beginning]\n".getBytes(StandardCharsets.UTF_8));
        }
        kept.write(bytes, offset, length);
    }

    /** What has been written since the last call. */
    synchronized String take() {
        String taken = kept.toString(StandardCharsets.UTF_8);
        kept.reset();
        return taken;
    }
}
