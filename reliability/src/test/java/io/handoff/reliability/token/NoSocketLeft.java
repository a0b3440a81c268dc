package io.handoff.reliability.token;

import static org.awaitility.Awaitility.await;

import io.handoff.benchmarks.host.OpenSockets;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves this process with more sockets than it began with. */
final class NoSocketLeft implements BeforeEachCallback, AfterEachCallback {

    private long before;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        // The JDK opens a socket of its own along with the first one of the program, and keeps it.
        SocketChannel.open(StandardProtocolFamily.UNIX).close();
        before = OpenSockets.of(ProcessHandle.current());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        await().until(() -> OpenSockets.of(ProcessHandle.current()), open -> open <= before);
    }
}
