package io.handoff.reliability;

import java.io.IOException;

/** Where clients reach the broker over TCP. Safe from any thread. */
final class SoakTcpListener implements AutoCloseable {

    private final int number;
    private final byte[] address;

    SoakTcpListener() throws IOException {
        number = SoakCalls.newTcpSocket();
        address = SoakCalls.listenOnLoopback(number);
    }

    /** One at a time: so what is accepted is what has just connected. */
    synchronized SoakClient connect() throws IOException {
        SoakSocket client = SoakSocket.of(SoakCalls.newTcpSocket());
        try {
            client.connect(address);
            return new SoakClient(client, SoakSocket.of(SoakCalls.accept(number)));
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        SoakCalls.closeDescriptor(number);
    }
}
