package io.handoff.examples.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;

/** A client's HTTP/1.1 connection to a server on 127.0.0.1, on which nothing is repeated that has failed. */
public final class HttpConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream input;

    /**
     * Connects.
     *
     * @param port the server's
     * @throws IOException if that fails
     */
    public HttpConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        input = new BufferedInputStream(socket.getInputStream());
    }

    /** {@return a request, as it is sent} */
    public static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    /** Asks, and returns the answer: the number of the process that serves. */
    public String ask(String path) throws IOException {
        send(get(path));
        return readAnswer();
    }

    /** Sends text as it is. */
    public void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    /** Sends nothing more, and goes on to read. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Waits for something to read, and returns whether that was the end. */
    public boolean isAtEnd() throws IOException {
        return input.read() < 0;
    }

    /** Reads a whole response of status 200, and returns its body less the end of the line. */
    public String readAnswer() throws IOException {
        String status = readLine();
        if (!status.equals("HTTP/1.1 200 OK")) {
            throw new IOException("the status was " + status);
        }
        int length = -1;
        for (String header = readLine(); !header.isEmpty(); header = readLine()) {
            String[] field = header.split(": ", 2);
            if (field[0].equalsIgnoreCase("content-length")) {
                length = Integer.parseInt(field[1]);
            }
        }
        return new String(input.readNBytes(length), US_ASCII).strip();
    }

    /** A line of a header, without its end. */
    public String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new EOFException("the connection has ended after '" + line + "'");
            }
            line.append((char) c);
        }
        return line.substring(0, line.length() - 1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
