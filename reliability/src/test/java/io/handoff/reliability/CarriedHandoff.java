package io.handoff.reliability;

import static io.handoff.reliability.TokenPeer.ACCEPTED;

import io.handoff.netty.HandoffToken;
import java.io.IOException;
import java.nio.file.Path;

/** A connection that was opened with a token and a client, which has spoken before. Owns the client, too. */
final class CarriedHandoff implements AutoCloseable {

    private final SoakBroker broker;
    private final SoakClient client;

    private CarriedHandoff(SoakBroker broker, SoakClient client) {
        this.broker = broker;
        this.client = client;
    }

    static CarriedHandoff begin(Path backend, HandoffToken token) throws IOException {
        SoakClient client = SoakClient.overUnix();
        try {
            client.speak();
            return new CarriedHandoff(SoakBroker.dial(backend, token).open(client.atBroker()), client);
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    CarriedHandoff offer(HandoffToken token) throws IOException {
        broker.offerWith(token.toBytes());
        return this;
    }

    /** Waits for the answer, and sees that it is true: the backend serves the client, or has left it to its broker untouched. */
    String verdict() throws IOException {
        String verdict = broker.refusal();
        broker.expectClosed();
        if (verdict.equals(ACCEPTED)) {
            client.handedOff().expectEcho();
        } else {
            client.expectUntouched();
        }
        return verdict;
    }

    @Override
    public void close() throws IOException {
        broker.close();
        client.close();
    }
}
