package io.handoff.cli;

import io.handoff.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;

/** A broker that knows nothing but bytes, so that the command is not checked with its own encoder. */
public final class RawPeer {

    private RawPeer() {}

    /** Sends bytes on a new connection, ends its writing side, and returns all that comes back. */
    public static String exchange(Path socket, String hex) throws IOException {
        try (TestBroker broker = TestBroker.connect(socket)) {
            broker.send(HexFormat.of().parseHex(hex)).shutdownOutput();
            return HexFormat.of().formatHex(broker.receiveToEnd());
        }
    }
}
