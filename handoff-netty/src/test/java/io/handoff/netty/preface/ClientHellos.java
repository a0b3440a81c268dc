package io.handoff.netty.preface;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** ClientHellos, real ones and such as no client should send (RFC 8446, section 4.1.2). */
final class ClientHellos {

    static final int RECORD_HEADER = 5;

    private static final int MAX_RECORD = 16 * 1024;

    private ClientHellos() {}

    /** What the JDK's client sends. */
    static byte[] real(String serverName, String... alpn) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        parameters.setApplicationProtocols(alpn);
        engine.setSSLParameters(parameters);
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        byte[] hello = new byte[record.flip().remaining()];
        record.get(hello);
        return hello;
    }

    /** A hello of so many bytes on the wire, in records as large as may be. */
    static byte[] ofLength(int length, String serverName) {
        int records = (length + MAX_RECORD + RECORD_HEADER - 1) / (MAX_RECORD + RECORD_HEADER);
        int without = message(serverName(serverName), padding(0)).length;
        int padding = length - records * RECORD_HEADER - without;
        return inRecords(message(padding(padding), serverName(serverName)), MAX_RECORD);
    }

    /** The bytes of a message in records of so many bytes each. */
    static byte[] inRecords(byte[] message, int size) {
        ByteBuf records = Unpooled.buffer();
        for (int at = 0; at < message.length; at += size) {
            int length = Math.min(size, message.length - at);
            records.writeByte(22).writeShort(0x0301).writeShort(length).writeBytes(message, at, length);
        }
        return ByteBufUtil.getBytes(records);
    }

    /** A hello with these extensions, without a record around it. */
    static byte[] message(byte[]... extensions) {
        ByteBuf body = Unpooled.buffer();
        body.writeShort(0x0303).writeZero(32);
        body.writeByte(0); // Session.
        body.writeShort(2).writeShort(0x1301); // Cipher suites.
        body.writeByte(1).writeByte(0); // Compression.
        ByteBuf list = Unpooled.wrappedBuffer(extensions);
        body.writeShort(list.readableBytes()).writeBytes(list);
        ByteBuf message = Unpooled.buffer();
        message.writeByte(1).writeMedium(body.readableBytes()).writeBytes(body);
        return ByteBufUtil.getBytes(message);
    }

    static byte[] serverName(String... names) {
        ByteBuf list = Unpooled.buffer();
        for (String name : names) {
            list.writeByte(0).writeShort(name.length()).writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
        }
        return extension(0, Unpooled.buffer().writeShort(list.readableBytes()).writeBytes(list));
    }

    static byte[] alpn(String... names) {
        ByteBuf list = Unpooled.buffer();
        for (String name : names) {
            list.writeByte(name.length()).writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
        }
        return extension(16, Unpooled.buffer().writeShort(list.readableBytes()).writeBytes(list));
    }

    /** RFC 7685. */
    static byte[] padding(int length) {
        return extension(21, Unpooled.buffer().writeZero(length));
    }

    private static byte[] extension(int type, ByteBuf content) {
        ByteBuf extension = Unpooled.buffer();
        extension.writeShort(type).writeShort(content.readableBytes()).writeBytes(content);
        return ByteBufUtil.getBytes(extension);
    }
}
