package io.handoff.cli;

import io.handoff.testkit.BlockingSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;

/** A client that knows of no handoff: it sends, and reads what comes back. */
public final class EchoClient implements AutoCloseable {

    private final BlockingSocket connection;

    private EchoClient(BlockingSocket connection) {
        this.connection = connection;
    }

    /** Connects to what a broker says it listens on. */
    public static EchoClient connect(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        return new EchoClient(BlockingSocket.connect(
                address.startsWith("/")
                        ? UnixDomainSocketAddress.of(address)
                        : new InetSocketAddress(
                                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))));
    }

    public EchoClient send(String text) throws IOException {
        connection.send(text);
        return this;
    }

    public EchoClient shutdownOutput() throws IOException {
        connection.shutdownOutput();
        return this;
    }

    /** Sends a text and returns as many bytes of what comes back. */
    public String talk(String text) throws IOException {
        return send(text).read(text.length());
    }

    public String read(int length) throws IOException {
        return new String(connection.receive(length), StandardCharsets.ISO_8859_1);
    }

    /** Returns all that comes until the end of the stream. */
    public String readToEnd() throws IOException {
        return connection.receiveTextToEnd();
    }

    @Override
    public void close() {
        connection.close();
    }
}
