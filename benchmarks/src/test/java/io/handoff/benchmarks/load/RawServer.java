package io.handoff.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Treats one connection after the other as a test says. Its thread ends, once closed, with the connection it is at. */
final class RawServer implements AutoCloseable {

    /** What to do with a connection, which is closed afterwards. */
    @FunctionalInterface
    interface Treatment {
        void treat(SocketChannel connection) throws IOException;
    }

    private final ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private final Treatment treatment;

    RawServer(Path path, int backlog, Treatment treatment) throws IOException {
        this.treatment = treatment;
        listening.bind(UnixDomainSocketAddress.of(path), backlog);
        new Thread(this::accept, "raw-server").start();
    }

    private void accept() {
        while (listening.isOpen()) {
            try (SocketChannel connection = listening.accept()) {
                treatment.treat(connection);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // The peer is gone. What a test expects of it, it sees there.
            }
        }
    }

    /** Reads so many bytes. */
    static ByteBuffer read(SocketChannel connection, int bytes) throws IOException {
        return readUntilFull(connection, ByteBuffer.allocate(bytes)).flip();
    }

    /** Reads one frame, header included. */
    static ByteBuffer readFrame(SocketChannel connection) throws IOException {
        ByteBuffer header = read(connection, SlotFrames.HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer frame = ByteBuffer.allocate(SlotFrames.HEADER_LENGTH + header.getInt(1));
        return readUntilFull(connection, frame.put(header)).flip();
    }

    private static ByteBuffer readUntilFull(SocketChannel connection, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (connection.read(into) < 0) {
                throw new EOFException("the peer has ended");
            }
        }
        return into;
    }

    /** Writes the same bytes so many times. */
    static void write(SocketChannel connection, byte[] bytes, int times) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(times * bytes.length);
        while (all.hasRemaining()) {
            all.put(bytes);
        }
        connection.write(all.flip());
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
