package io.handoff.testkit;

import java.io.IOException;

/**
 * A client's connection, with both of its ends in the test: the {@link #client()}'s, and the {@link #accepted()} one, which a
 * broker would have accepted and hands off.
 *
 * @param client the end that talks to whoever has the other one
 * @param accepted the end that is handed off
 */
public record ClientConnection(BlockingSocket client, BlockingSocket accepted) implements AutoCloseable {

    /**
     * Makes a pair of Unix-domain sockets.
     *
     * @return the pair; whoever makes it closes it
     * @throws IOException if there is no descriptor left
     */
    public static ClientConnection unix() throws IOException {
        int[] pair = new int[2];
        Libc.checked("socketpair", Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.CLOSE_ON_EXEC, 0, pair));
        return new ClientConnection(BlockingSocket.of(pair[0]), BlockingSocket.of(pair[1]));
    }

    /**
     * Makes a TCP connection over the loopback interface.
     *
     * @return its ends; whoever makes it closes it
     * @throws IOException if there is no descriptor left
     */
    public static ClientConnection tcp() throws IOException {
        try (ListeningSocket listening = ListeningSocket.onLoopback()) {
            BlockingSocket client = BlockingSocket.connect(listening.address());
            try {
                return new ClientConnection(client, listening.accept());
            } catch (IOException e) {
                client.close();
                throw e;
            }
        }
    }

    /** Closes both ends. */
    @Override
    public void close() {
        client.close();
        accepted.close();
    }
}
