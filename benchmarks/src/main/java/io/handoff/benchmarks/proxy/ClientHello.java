package io.handoff.benchmarks.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** What a client says first: whole, as the JDK writes it, with the name of the server that it wants. */
final class ClientHello {

    /** The server that every client wants, and that brokers and proxies know. */
    static final String SERVER_NAME = "echo.example";

    private ClientHello() {}

    /** One to be sent again and again: read-only, and never released. */
    static ByteBuf create() {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(SERVER_NAME)));
            engine.setSSLParameters(parameters);
            ByteBuffer hello = ByteBuffer.allocateDirect(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            return Unpooled.unreleasableBuffer(
                    Unpooled.wrappedBuffer(hello.flip()).asReadOnly());
        } catch (NoSuchAlgorithmException | SSLException e) {
            throw new IllegalStateException("the JDK writes no ClientHello", e);
        }
    }
}
