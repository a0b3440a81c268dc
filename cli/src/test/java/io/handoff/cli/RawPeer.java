package io.handoff.cli;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;

/** A broker that knows nothing but bytes, so that the command is not checked with its own encoder. */
final class RawPeer {

    private RawPeer() {}

    /** Sends bytes on a new connection, ends its writing side, and returns all that comes back. */
    static String exchange(Path socket, String hex) throws IOException {
        try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            connection.write(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
            connection.shutdownOutput();
            ByteBuffer reply = ByteBuffer.allocate(4096);
            while (connection.read(reply) >= 0) {
                // Reads on, to the end of the stream.
            }
            return HexFormat.of().formatHex(reply.array(), 0, reply.position());
        }
    }
}
