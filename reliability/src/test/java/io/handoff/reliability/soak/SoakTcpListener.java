package io.handoff.reliability.soak;

import io.handoff.reliability.RawClient;
import io.handoff.testkit.BlockingSocket;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Where clients reach the broker over TCP: one port, of which thousands of ended connections may remain. Safe from any thread. */
final class SoakTcpListener implements AutoCloseable {

    private static final int BACKLOG = 64;

    /** More than an address with its scope and port takes. */
    private static final int ADDRESS_BYTES = 26;

    private final Socket listening;

    SoakTcpListener() throws IOException {
        Epoll.ensureAvailability();
        listening = Socket.newSocketStream();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listening.listen(BACKLOG);
    }

    /** One at a time: so what is accepted is what has just connected. */
    synchronized RawClient connect() throws IOException {
        BlockingSocket client = BlockingSocket.connect(listening.localAddress());
        try {
            int accepted = listening.accept(new byte[ADDRESS_BYTES]);
            while (accepted < 0) {
                Thread.onSpinWait();
                accepted = listening.accept(new byte[ADDRESS_BYTES]);
            }
            return new RawClient(client, BlockingSocket.of(accepted));
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
