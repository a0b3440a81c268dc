package io.handoff.spring.boot.takeover;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;

/** A client that has its frames, and the bytes of which they consist, in its own hand. */
final class RawWebSocket implements AutoCloseable {

    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;
    private static final int TWO_BYTES_OF_LENGTH = 126;
    private static final byte[] MASK = {1, 2, 3, 4};
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private RawWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Connects to a port of the loopback address, and shakes hands. */
    static RawWebSocket open(int port, String path, String... headers) throws IOException {
        RawWebSocket client = new RawWebSocket(new Socket(InetAddress.getLoopbackAddress(), port));
        client.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + String.join("", headers) + "\r\n")
                .getBytes(ISO_8859_1));
        String head = client.readHead();
        if (!head.startsWith("HTTP/1.1 101 ")) {
            throw new IOException("answered " + head);
        }
        return client;
    }

    private String readHead() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            head.write(in.readByte());
        }
        return head.toString(ISO_8859_1);
    }

    static byte[] text(String text) {
        return frame(FINAL | TEXT, text);
    }

    static byte[] firstFragment(String text) {
        return frame(TEXT, text);
    }

    static byte[] lastFragment(String text) {
        return frame(FINAL | CONTINUATION, text);
    }

    static byte[] ping(String text) {
        return frame(FINAL | PING, text);
    }

    private static byte[] frame(int head, String text) {
        byte[] payload = text.getBytes(UTF_8);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(head);
        if (payload.length < TWO_BYTES_OF_LENGTH) {
            frame.write(MASKED | payload.length);
        } else {
            frame.write(MASKED | TWO_BYTES_OF_LENGTH);
            frame.write(payload.length >> Byte.SIZE);
            frame.write(payload.length);
        }
        frame.writeBytes(MASK);
        for (int place = 0; place < payload.length; place++) {
            frame.write(payload[place] ^ MASK[place % MASK.length]);
        }
        return frame.toByteArray();
    }

    void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    void write(byte[] bytes, int from, int until) throws IOException {
        out.write(bytes, from, until - from);
    }

    /** The next text message; throws if the connection ends, or anything else comes. */
    String read() throws IOException {
        return read(TEXT);
    }

    String readPong() throws IOException {
        return read(PONG);
    }

    private String read(int expected) throws IOException {
        int head = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length == TWO_BYTES_OF_LENGTH) {
            length = in.readUnsignedShort();
        }
        String payload = new String(in.readNBytes(length), UTF_8);
        if (head != (FINAL | expected)) {
            throw new IOException("a frame came that begins with " + Integer.toHexString(head) + ": " + payload);
        }
        return payload;
    }

    /** Waits for the end of the connection; throws if anything else comes. */
    void awaitEnd() throws IOException {
        try {
            throw new IOException("a frame came that begins with " + Integer.toHexString(in.readUnsignedByte()));
        } catch (EOFException e) {
            // As it should be.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
