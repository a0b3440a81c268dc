package io.handoff.reliability.soak;

import io.handoff.proto.v1.Frame;
import io.handoff.reliability.RawBroker;
import io.handoff.reliability.RawClient;
import io.handoff.testkit.HandoffFrames;
import java.io.IOException;
import java.util.Arrays;

/** Handoffs as they should be: the client has its echo in the end. */
final class SoakAccepted {

    private static final int PIECE = 5;

    private SoakAccepted() {}

    /** The client has spoken before, as most have by then. */
    static void overUnix(SoakContext context) throws IOException {
        try (RawClient client = RawClient.overUnix();
                RawBroker broker = context.dial()) {
            client.speak();
            broker.open(client.atBroker()).offer().expectAccepted();
            client.handedOff().expectEcho();
        }
    }

    static void overTcp(SoakContext context) throws IOException {
        try (RawClient client = context.tcp().connect();
                RawBroker broker = context.dial()) {
            broker.open(client.atBroker()).offer().expectAccepted();
            client.handedOff().speak().expectEcho();
        }
    }

    /** With what the short way of reading an offer does not take. */
    static void inPieces(SoakContext context) throws IOException {
        try (RawClient client = RawClient.overUnix();
                RawBroker broker = context.dial()) {
            Frame traced = broker.frame()
                    .setDeadlineUnixMs(Long.MAX_VALUE)
                    .setTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                    .build();
            byte[] offer = HandoffFrames.encode(traced);
            broker.openPart(0, PIECE, client.atBroker())
                    .openPart(PIECE, RawBroker.TOKEN_BYTES)
                    .send(Arrays.copyOf(offer, PIECE))
                    .send(Arrays.copyOfRange(offer, PIECE, offer.length))
                    .expectAccepted();
            client.handedOff().speak().expectEcho();
        }
    }

    static void living(SoakContext context) throws IOException {
        RawClient client = RawClient.overUnix();
        try (RawBroker broker = context.dial()) {
            broker.open(client.atBroker()).offer().expectAccepted();
            client.handedOff().speak().expectEcho();
        } catch (IOException e) {
            client.close();
            throw e;
        }
        context.living().add(client);
    }
}
