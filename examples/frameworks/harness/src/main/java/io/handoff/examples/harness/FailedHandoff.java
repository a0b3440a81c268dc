package io.handoff.examples.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.proto.v1.Frame;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.HandoffFrames;
import io.handoff.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Path;

/** A handoff that comes to nothing after the framework has taken the connection: its broker reads no answer. */
public final class FailedHandoff {

    private FailedHandoff() {}

    /**
     * Tries one.
     *
     * @param socket where the backend takes handoffs; when this returns it has closed the connection
     */
    public static void at(Path socket) throws IOException {
        Frame offer = HandoffFrames.offer(HandoffFrames.randomToken(), "example", 1);
        try (ClientConnection connection = ClientConnection.tcp();
                TestBroker broker = TestBroker.connect(socket)) {
            broker.socket().shutdownInput();
            broker.offer(offer, connection.accepted().descriptor());
            connection.accepted().close();
            assertThat(connection.client().receiveToEnd()).isEmpty();
        }
    }
}
