package io.handoff.netty.preface;

import io.handoff.netty.preface.ClientPreface.Other;
import io.handoff.netty.preface.ClientPreface.Tls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Tls} of the records of a ClientHello, and {@link Other} of anything else. Netty puts the hello together and finds
 * the server's name. ALPN it reads nowhere outside of a handshake, so this does.
 */
final class ClientHelloReader extends AbstractSniHandler<Boolean> {

    private static final int VERSION_AND_RANDOM = 34;
    private static final int ALPN = 16;

    private List<String> alpn = List.of();

    ClientHelloReader(int maxLength) {
        // The time is the peek's to keep.
        super(maxLength, 0);
    }

    /** Called again without a hello if the first call throws: it is malformed then. */
    @Override
    protected Future<Boolean> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf hello) throws Exception {
        if (hello == null) {
            ctx.fireChannelRead(new Other());
            return ctx.executor().newSucceededFuture(true);
        }
        alpn = alpnOf(hello.duplicate());
        return super.lookup(ctx, hello);
    }

    @Override
    protected Future<Boolean> lookup(ChannelHandlerContext ctx, @Nullable String name) {
        ctx.fireChannelRead(new Tls(HostName.of(name), alpn));
        return ctx.executor().newSucceededFuture(true);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext ctx, @Nullable String name, Future<Boolean> done) {
        // All is said.
    }

    /** RFC 8446, section 4.1.2; RFC 7301, section 3.1. */
    private static List<String> alpnOf(ByteBuf hello) {
        hello.skipBytes(VERSION_AND_RANDOM);
        hello.skipBytes(hello.readUnsignedByte()); // Session.
        hello.skipBytes(hello.readUnsignedShort()); // Cipher suites.
        hello.skipBytes(hello.readUnsignedByte()); // Compression.
        if (!hello.isReadable()) {
            return List.of(); // Older than extensions.
        }
        ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
        while (extensions.isReadable()) {
            int type = extensions.readUnsignedShort();
            ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
            if (type == ALPN) {
                return namesIn(extension.readSlice(extension.readUnsignedShort()));
            }
        }
        return List.of();
    }

    private static List<String> namesIn(ByteBuf list) {
        List<String> names = new ArrayList<>();
        while (list.isReadable()) {
            int length = list.readUnsignedByte();
            names.add(list.readCharSequence(length, StandardCharsets.ISO_8859_1).toString());
        }
        return names;
    }
}
