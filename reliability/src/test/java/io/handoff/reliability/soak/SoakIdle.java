package io.handoff.reliability.soak;

import io.handoff.reliability.RawBroker;
import io.handoff.reliability.RawClient;
import java.io.IOException;
import java.time.Duration;

/** Brokers that begin and do not go on: the backend has to close the connection at the deadline, not before. */
final class SoakIdle {

    /** What a broker sends before it stops. */
    @FunctionalInterface
    interface Beginning {
        void begin(RawBroker broker, RawClient client) throws IOException;
    }

    private SoakIdle() {}

    static void silent(SoakContext context) throws IOException {
        stallAfter(context, (broker, client) -> {});
    }

    static void partOfToken(SoakContext context) throws IOException {
        stallAfter(context, (broker, client) -> broker.openPart(0, 7, client.atBroker()));
    }

    static void noOffer(SoakContext context) throws IOException {
        stallAfter(context, (broker, client) -> broker.open(client.atBroker()));
    }

    static void partOfFrame(SoakContext context) throws IOException {
        stallAfter(context, (broker, client) -> broker.open(client.atBroker()).send(SoakAborted.partOfFrame(broker)));
    }

    private static void stallAfter(SoakContext context, Beginning beginning) throws IOException {
        long startNanos = System.nanoTime();
        try (RawClient client = RawClient.overUnix();
                RawBroker broker = context.dial()) {
            client.speak();
            beginning.begin(broker, client);
            broker.expectClosed();
            Duration open = Duration.ofNanos(System.nanoTime() - startNanos);
            if (open.compareTo(context.offerTimeout()) < 0) {
                throw new IOException("closed after " + open + ", before its deadline");
            }
            client.expectUntouched();
        }
    }
}
