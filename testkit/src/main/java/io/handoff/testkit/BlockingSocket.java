package io.handoff.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stream socket of the test, with calls that block: until all is sent, or what was asked for has come, and for 30 seconds
 * at most. It owns its descriptor, and changes nothing of the socket that another process would notice: neither its
 * blocking mode nor an option, until it is {@link #reset()}. A thread that waits can be interrupted, which fails with an
 * {@link java.io.InterruptedIOException}.
 *
 * <p>One thread may send while another one receives.
 */
public final class BlockingSocket implements AutoCloseable {

    private static final int CLOSED = -1;
    private static final int PIECE_BYTES = 8192;

    private final AtomicInteger descriptor;

    private BlockingSocket(int descriptor) {
        this.descriptor = new AtomicInteger(descriptor);
    }

    /**
     * Takes a descriptor over, which is closed with the result from now on. What is no stream socket can be passed on as one,
     * and closed; the rest fails.
     *
     * @param descriptor the number of an open descriptor
     * @return its owner
     */
    public static BlockingSocket of(int descriptor) {
        return new BlockingSocket(descriptor);
    }

    /**
     * Connects to whoever listens.
     *
     * @param address a {@link java.net.UnixDomainSocketAddress} or a resolved {@link java.net.InetSocketAddress}
     * @return the connection
     * @throws IOException if nobody listens there
     */
    public static BlockingSocket connect(SocketAddress address) throws IOException {
        return connect(NativeAddress.of(address));
    }

    static BlockingSocket connect(NativeAddress address) throws IOException {
        BlockingSocket socket = create(address.family(), 0);
        try {
            Libc.checked("connect", Libc.connect(socket.descriptor(), address.bytes(), address.bytes().length));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    static BlockingSocket create(int family, int flags) throws IOException {
        int type = Libc.SOCK_STREAM | Libc.CLOSE_ON_EXEC | flags;
        return of(Libc.checked("socket", Libc.socket(family, type, 0)));
    }

    /**
     * Lends the descriptor, to be passed to another process or looked at.
     *
     * @return its number, which stays this object's to close
     * @throws IllegalStateException if it has been closed
     */
    public int descriptor() {
        int number = descriptor.get();
        if (number == CLOSED) {
            throw new IllegalStateException("the socket has been closed");
        }
        return number;
    }

    /**
     * Sends bytes.
     *
     * @param bytes all of which are sent
     * @return this
     * @throws IOException if the other end is gone, or takes no more for 30 seconds
     */
    public BlockingSocket send(byte[] bytes) throws IOException {
        return send(bytes, new int[0]);
    }

    /**
     * Sends text.
     *
     * @param text which is sent in UTF-8
     * @return this
     * @throws IOException as {@link #send(byte[])}
     */
    public BlockingSocket send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends bytes with descriptors, which come with the first of the bytes. Only a Unix-domain socket takes them, and one
     * message at most 253.
     *
     * @param bytes all of which are sent, one at least
     * @param descriptors the numbers of open descriptors, none of which is closed here
     * @return this
     * @throws IOException as {@link #send(byte[])}, or if the kernel does not pass what is to be passed
     */
    public BlockingSocket send(byte[] bytes, int... descriptors) throws IOException {
        int sent = 0;
        if (bytes.length > 0) {
            sent = DescriptorMessage.send(descriptor(), bytes, descriptors);
        }
        while (sent < bytes.length) {
            sent += DescriptorMessage.send(descriptor(), Arrays.copyOfRange(bytes, sent, bytes.length));
        }
        return this;
    }

    /**
     * Sends what there is room for, without waiting, and descriptors with the first of the bytes.
     *
     * @param bytes what is to be sent
     * @param descriptors the numbers of open descriptors, none of which is closed here
     * @return how many bytes were sent; if none, no descriptor either
     * @throws IOException if the other end is gone, or the kernel does not pass what is to be passed
     */
    public int sendNow(byte[] bytes, int... descriptors) throws IOException {
        return Math.max(0, DescriptorMessage.sendNow(descriptor(), bytes, descriptors));
    }

    /**
     * Receives so many bytes.
     *
     * @param length how many
     * @return as many
     * @throws EOFException if the connection ends before
     * @throws IOException if they do not come within 30 seconds, or the connection is reset before
     */
    public byte[] receive(int length) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        if (!receiveInto(all, length)) {
            throw new EOFException("the connection ended after " + all.size() + " of " + length + " bytes");
        }
        return all.toByteArray();
    }

    /**
     * Receives so many bytes, or fewer if the connection ends before; a reset counts as an end.
     *
     * @param length how many at most
     * @return what came, perhaps nothing
     * @throws IOException if nothing comes for 30 seconds, the end neither
     */
    public byte[] receiveUpTo(int length) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            receiveInto(all, length);
        } catch (Libc.ConnectionResetException e) {
            // Has ended.
        }
        return all.toByteArray();
    }

    /** Tells whether as many bytes came before the end. */
    private boolean receiveInto(ByteArrayOutputStream all, int length) throws IOException {
        while (all.size() < length) {
            byte[] some = receiveSome(length - all.size());
            if (some.length == 0) {
                return false;
            }
            all.writeBytes(some);
        }
        return true;
    }

    /**
     * Receives text.
     *
     * @param length how many bytes, not characters
     * @return these bytes, read as UTF-8
     * @throws IOException as {@link #receive}
     */
    public String receiveText(int length) throws IOException {
        return new String(receive(length), StandardCharsets.UTF_8);
    }

    /**
     * Receives everything until the other end ends the connection. A reset counts as an end, for that is what the kernel
     * makes of a close with bytes unread.
     *
     * @return what came, perhaps nothing
     * @throws IOException if nothing comes for 30 seconds, the end neither
     */
    public byte[] receiveToEnd() throws IOException {
        return receiveUpTo(Integer.MAX_VALUE);
    }

    /**
     * Receives text until the other end ends the connection.
     *
     * @return what came, read as UTF-8
     * @throws IOException as {@link #receiveToEnd}
     */
    public String receiveTextToEnd() throws IOException {
        return new String(receiveToEnd(), StandardCharsets.UTF_8);
    }

    /**
     * Receives what has come, without waiting.
     *
     * @return what has come, perhaps nothing; whether the connection has ended or only nothing has come is not told
     * @throws IOException if the socket cannot be read
     */
    public byte[] receiveNow() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[PIECE_BYTES];
        int number = descriptor();
        long read;
        do {
            read = Libc.attempt("recv", () -> Libc.recv(number, buffer, buffer.length, Libc.MSG_DONTWAIT));
            all.write(buffer, 0, (int) Math.max(0, read));
        } while (read > 0);
        return all.toByteArray();
    }

    /** What is there, or comes next; nothing at the end. */
    byte[] receiveSome() throws IOException {
        return receiveSome(PIECE_BYTES);
    }

    private byte[] receiveSome(int maxLength) throws IOException {
        byte[] buffer = new byte[Math.min(maxLength, PIECE_BYTES)];
        int number = descriptor();
        int read = Libc.await(
                number, Libc.POLLIN, "recv", () -> Libc.recv(number, buffer, buffer.length, Libc.MSG_DONTWAIT));
        return Arrays.copyOf(buffer, read);
    }

    DescriptorMessage receiveMessage(int maxLength) throws IOException {
        return DescriptorMessage.receive(descriptor(), maxLength);
    }

    /**
     * Has this end receive nothing any more. Of a Unix-domain socket the other end learns when it writes: that fails (EPIPE).
     *
     * @return this
     * @throws IOException if the socket is not connected any more
     */
    public BlockingSocket shutdownInput() throws IOException {
        Libc.checked("shutdown", Libc.shutdown(descriptor(), Libc.SHUT_RD));
        return this;
    }

    /**
     * Ends what this end sends; the other end learns of it, whoever else holds a copy of this descriptor.
     *
     * @return this
     * @throws IOException if the socket is not connected any more
     */
    public BlockingSocket shutdownOutput() throws IOException {
        Libc.checked("shutdown", Libc.shutdown(descriptor(), Libc.SHUT_WR));
        return this;
    }

    /**
     * Closes a TCP connection with a reset, as a client does that crashes; a Unix-domain socket is simply closed. If another
     * process holds a copy, the reset comes when that one closes.
     *
     * @throws IOException if the descriptor is of no socket
     */
    public void reset() throws IOException {
        // struct linger: on, and zero seconds.
        int[] linger = {1, 0};
        Libc.checked(
                "setsockopt",
                Libc.setsockopt(descriptor(), Libc.SOL_SOCKET, Libc.SO_LINGER, linger, linger.length * Integer.BYTES));
        close();
    }

    /**
     * Closes the descriptor, once.
     *
     * @throws AssertionError if somebody else has closed its number before
     */
    @Override
    public void close() {
        int number = descriptor.getAndSet(CLOSED);
        if (number != CLOSED && Libc.close(number) < 0) {
            throw new AssertionError("somebody else has closed descriptor " + number);
        }
    }
}
