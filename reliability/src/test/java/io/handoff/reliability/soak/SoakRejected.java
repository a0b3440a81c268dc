package io.handoff.reliability.soak;

import io.handoff.netty.token.HandoffToken;
import io.handoff.reliability.RawBroker;
import io.handoff.reliability.RawClient;
import io.handoff.testkit.BlockingSocket;
import io.netty.channel.epoll.Native;
import java.io.IOException;

/** Offers that the backend has to reject with a reason; the client's connection is then still the broker's. */
final class SoakRejected {

    private static final byte[] SHORT = new byte[HandoffToken.BYTES - 1];

    private SoakRejected() {}

    static void otherToken(SoakContext context) throws IOException {
        try (RawClient client = RawClient.overUnix();
                RawBroker broker = context.dial()) {
            client.speak();
            broker.open(client.atBroker())
                    .offerWith(HandoffToken.random().toBytes())
                    .expectRejected("handoff token mismatch");
            client.expectUntouched();
        }
    }

    static void shortToken(SoakContext context) throws IOException {
        try (RawClient client = RawClient.overUnix();
                RawBroker broker = context.dial()) {
            client.speak();
            broker.open(client.atBroker())
                    .offerWith(SHORT)
                    .expectRejected("handoff token length was 15 bytes; expected 16");
            client.expectUntouched();
        }
    }

    static void noSocket(SoakContext context) throws IOException {
        try (BlockingSocket counter = BlockingSocket.of(Native.newEventFd().intValue());
                RawBroker broker = context.dial()) {
            broker.open(counter).offer().expectRejected("handoff descriptor is an eventfd; expected a socket");
        }
    }

    static void notAdmitted(SoakContext context) throws IOException {
        askFor(SoakBackend.REFUSED_SERVICE, SoakBackend.REFUSAL, context);
    }

    static void failing(SoakContext context) throws IOException {
        askFor(SoakBackend.FAILING_SERVICE, "handoff connection could not be adopted by the backend", context);
    }

    private static void askFor(String service, String expectedDetail, SoakContext context) throws IOException {
        try (RawClient client = RawClient.overUnix();
                RawBroker broker = context.dial()) {
            client.speak();
            broker.open(client.atBroker()).offer(service).expectRejected(expectedDetail);
            client.expectUntouched();
        }
    }
}
