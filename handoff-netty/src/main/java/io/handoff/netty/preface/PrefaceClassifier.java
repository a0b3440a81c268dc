package io.handoff.netty.preface;

import io.handoff.netty.preface.ClientPreface.Http2;
import io.handoff.netty.preface.ClientPreface.Other;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tells from the first bytes of a connection what they are. TLS and HTTP/1 are told by Netty's own handlers, in a channel without a
 * socket that gets each byte once. Whatever comes, nothing is thrown.
 *
 * <p>Used by one thread at a time; has to be closed.
 */
final class PrefaceClassifier {

    private static final byte TLS_HANDSHAKE = 22;
    private static final byte TLS_MAJOR_VERSION = 3;
    private static final int TLS_RECORD_HEADER = 5;
    private static final int TLS_RECORD_LENGTH = 3;

    private static final byte[] HTTP2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int maxBytes;
    private int needed = 1;
    private @Nullable EmbeddedChannel channel;
    private int given;

    /** Tells nothing that takes more bytes than so many. */
    PrefaceClassifier(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** How many bytes, counted from the first of the connection, it takes at least to tell more than until now. */
    int needed() {
        return needed;
    }

    /**
     * Looks at the bytes of the connection.
     *
     * @param bytes from the first one on; more than the last time
     * @return what they are; null if it takes more to tell, at least {@link #needed}
     */
    @Nullable
    ClientPreface classify(byte[] bytes) {
        needed = bytes.length + 1;
        ClientPreface preface = bytes[0] == TLS_HANDSHAKE ? tls(bytes) : plain(bytes);
        return preface == null && needed > maxBytes ? new Other() : preface;
    }

    private @Nullable ClientPreface tls(byte[] bytes) {
        needed = endOfRecord(bytes);
        if (channel == null) {
            channel = new EmbeddedChannel(new ClientHelloReader(maxBytes));
        }
        return give(channel, bytes);
    }

    /** The end of the first record that is not whole, or of its header. Only whole records of a handshake tell anything. */
    private static int endOfRecord(byte[] bytes) {
        int start = 0;
        while (start + TLS_RECORD_HEADER <= bytes.length) {
            if (bytes[start] != TLS_HANDSHAKE || bytes[start + 1] != TLS_MAJOR_VERSION) {
                return bytes.length + 1;
            }
            int length = Byte.toUnsignedInt(bytes[start + TLS_RECORD_LENGTH]) << Byte.SIZE
                    | Byte.toUnsignedInt(bytes[start + TLS_RECORD_LENGTH + 1]);
            start += TLS_RECORD_HEADER + length;
            if (start > bytes.length) {
                return start;
            }
        }
        return start + TLS_RECORD_HEADER;
    }

    private @Nullable ClientPreface plain(byte[] bytes) {
        int common = Math.min(bytes.length, HTTP2.length);
        if (Arrays.equals(bytes, 0, common, HTTP2, 0, common)) {
            return common == HTTP2.length ? new Http2() : null;
        }
        if (!RequestReader.mayBegin(bytes)) {
            return new Other();
        }
        if (channel == null) {
            channel = RequestReader.newChannel(maxBytes);
        }
        return give(channel, bytes);
    }

    /** Gives the channel what it has not got yet. */
    private @Nullable ClientPreface give(EmbeddedChannel channel, byte[] bytes) {
        try {
            channel.writeInbound(Unpooled.wrappedBuffer(bytes, given, bytes.length - given));
            given = bytes.length;
            return channel.readInbound();
        } catch (Exception e) {
            // Netty's handlers say so where something is longer than allowed.
            return new Other();
        }
    }

    /** Gives back what the bytes take. */
    void close() {
        if (channel == null) {
            return;
        }
        try {
            channel.finishAndReleaseAll();
        } catch (Exception e) {
            // What is left of a preface that is over is told again at the end.
        } finally {
            channel = null;
        }
    }
}
