package io.handoff.reliability.token;

import static io.handoff.reliability.token.TokenPeer.ACCEPTED;

import io.handoff.netty.token.HandoffToken;
import io.handoff.reliability.RawBroker;
import io.handoff.reliability.RawClient;
import java.io.IOException;
import java.nio.file.Path;

/** A connection that was opened with a token and a client, which has spoken before. Owns the client, too. */
final class CarriedHandoff implements AutoCloseable {

    private final RawBroker broker;
    private final RawClient client;

    private CarriedHandoff(RawBroker broker, RawClient client) {
        this.broker = broker;
        this.client = client;
    }

    static CarriedHandoff begin(Path backend, HandoffToken token) throws IOException {
        RawClient client = RawClient.overUnix();
        try {
            client.speak();
            return new CarriedHandoff(RawBroker.dial(backend, token).open(client.atBroker()), client);
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
