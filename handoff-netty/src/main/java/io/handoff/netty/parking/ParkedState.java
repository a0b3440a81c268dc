package io.handoff.netty.parking;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of one parked connection.
 *
 * @param state what the program knows of it
 * @param unread what its client has sent, and nobody has served
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record ParkedState(byte[] state, byte[] unread) {

    /** Of this form; another release may have another. */
    private static final int VERSION = 1;

    /** Puts down those of one batch, in the order of their names. */
    static byte[] encode(List<ParkedState> states) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(VERSION);
        out.writeInt(states.size());
        for (ParkedState each : states) {
            out.writeInt(each.state.length);
            out.write(each.state);
            out.writeInt(each.unread.length);
            out.write(each.unread);
        }
        return bytes.toByteArray();
    }

    /** Reads what {@link #encode} has put down. */
    static List<ParkedState> decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int version = in.readInt();
        if (version != VERSION) {
            throw new IOException("it is of version " + version + "; expected " + VERSION);
        }
        List<ParkedState> states = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            states.add(new ParkedState(readBytes(in), readBytes(in)));
        }
        return states;
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("it ends too soon");
        }
        return in.readNBytes(length);
    }
}
