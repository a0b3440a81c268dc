package io.handoff.reliability.sweep;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A client, which asks one byte at a time and sees by the answers who serves it. */
final class SweptClient implements AutoCloseable {

    /** Longer than all deadlines and pauses on the way together. */
    static final int PATIENCE_MILLIS = 20_000;

    private static final int QUESTION = '?';

    /**
     * What has become of a client.
     *
     * @param questions that it asked
     * @param answers that it had, in order
     * @param isOpen whether its connection is still open when it should long have been answered or closed
     */
    record Fate(int questions, String answers, boolean isOpen) {

        /** Whether one side served it to the end. */
        boolean isServed() {
            return !isOpen && answers.length() == questions && isOneSided();
        }

        /** Whether no two sides have served it, and no question was answered twice. */
        boolean isOneSided() {
            return answers.length() <= questions && answers.chars().distinct().count() <= 1;
        }

        /** Who served it; only if one did. */
        Side server() {
            return Side.of(answers.charAt(0));
        }
    }

    private final Socket socket;
    private final StringBuilder answers = new StringBuilder();
    private int questions;

    private SweptClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** Connects, and asks for the first time. A half-closed client sends nothing more. */
    static SweptClient connect(int port, ClientKind kind) throws IOException {
        SweptClient client = new SweptClient(new Socket(InetAddress.getLoopbackAddress(), port));
        client.ask();
        if (kind == ClientKind.HALF_CLOSED) {
            client.socket.shutdownOutput();
        }
        return client;
    }

    private void ask() throws IOException {
        questions++;
        socket.getOutputStream().write(QUESTION);
    }

    /** Is served to its end: its answers, one more question once the first is answered, and then whatever still comes. */
    Fate serve() {
        boolean isOpen = false;
        try {
            if (receive() && !socket.isOutputShutdown()) {
                ask();
                if (receive()) {
                    socket.shutdownOutput();
                }
            }
            while (receive()) {
                // What comes now is one answer too many.
            }
        } catch (SocketTimeoutException e) {
            isOpen = true;
        } catch (IOException e) {
            // Reset: closed.
        }
        return new Fate(questions, answers.toString(), isOpen);
    }

    private boolean receive() throws IOException {
        InputStream input = socket.getInputStream();
        int answer = input.read();
        if (answer >= 0) {
            answers.append((char) answer);
        }
        return answer >= 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
