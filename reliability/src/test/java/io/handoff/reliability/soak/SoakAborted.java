package io.handoff.reliability.soak;

import io.handoff.reliability.RawBroker;
import io.handoff.reliability.RawClient;
import io.handoff.testkit.HandoffFrames;
import java.io.IOException;
import java.util.Arrays;

/** Brokers and clients that leave in the middle of it. */
final class SoakAborted {

    private SoakAborted() {}

    static void nothing(SoakContext context) throws IOException {
        context.dial().close();
    }

    static void partOfToken(SoakContext context) throws IOException {
        leaveAfter(context, (broker, client) -> broker.openPart(0, 7, client.atBroker()));
    }

    static void noOffer(SoakContext context) throws IOException {
        leaveAfter(context, (broker, client) -> broker.open(client.atBroker()));
    }

    static void partOfFrame(SoakContext context) throws IOException {
        leaveAfter(context, (broker, client) -> broker.open(client.atBroker()).send(partOfFrame(broker)));
    }

    /** Half of the offer's frame. */
    static byte[] partOfFrame(RawBroker broker) {
        byte[] offer = HandoffFrames.encode(broker.frame().build());
        return Arrays.copyOf(offer, offer.length / 2);
    }

    /** The connection of the client remains the broker's, who had not finished its offer. */
    private static void leaveAfter(SoakContext context, SoakIdle.Beginning beginning) throws IOException {
        try (RawClient client = RawClient.overUnix()) {
            client.speak();
            try (RawBroker broker = context.dial()) {
                beginning.begin(broker, client);
            }
            client.expectUntouched();
        }
    }

    static void halfClosed(SoakContext context) throws IOException {
        try (RawClient client = RawClient.overUnix();
                RawBroker broker = context.dial()) {
            client.speak();
            broker.open(client.atBroker()).offer().endOutput().expectAccepted();
            client.handedOff().expectEcho();
        }
    }

    /** The broker does not know the answer, and has to let go. */
    static void ackUnread(SoakContext context) throws IOException {
        try (RawClient client = RawClient.overUnix()) {
            client.speak();
            try (RawBroker broker = context.dial()) {
                broker.open(client.atBroker()).offer();
            }
            client.handedOff().expectEchoOrEnd();
        }
    }

    /** The backend adopts it, and finds it closed. */
    static void reset(SoakContext context) throws IOException {
        try (RawClient client = context.tcp().connect();
                RawBroker broker = context.dial()) {
            client.reset();
            broker.open(client.atBroker()).offer().expectAccepted();
        }
    }
}
