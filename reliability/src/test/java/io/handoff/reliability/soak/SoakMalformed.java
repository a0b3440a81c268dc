package io.handoff.reliability.soak;

import io.handoff.proto.v1.Frame;
import io.handoff.reliability.RawBroker;
import io.handoff.reliability.RawClient;
import io.handoff.testkit.HandoffFrames;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Bytes that break the protocol: the backend has to close the connection without an ACK, and leave the client alone. */
final class SoakMalformed {

    /** One more than the protocol's ceiling. What is only over the backend's cap it would read past, to answer it. */
    private static final int OVERSIZE = 16 * 1024 * 1024 + 1;

    /** A field of the number 0, which there is not. */
    private static final byte[] GARBAGE = {0, 0, 0, 0};

    private SoakMalformed() {}

    static void version(SoakContext context) throws IOException {
        afterOpening(context, broker -> HandoffFrames.header(2, GARBAGE.length));
    }

    static void oversize(SoakContext context) throws IOException {
        afterOpening(context, broker -> HandoffFrames.header(1, OVERSIZE));
    }

    static void garbage(SoakContext context) throws IOException {
        afterOpening(context, broker -> HandoffFrames.encode(GARBAGE));
    }

    /** An offer that is right but for one thing. */
    static SoakCase.Play offer(UnaryOperator<Frame.Builder> fault) {
        return context -> afterOpening(
                context,
                broker -> HandoffFrames.encode(fault.apply(broker.frame()).build()));
    }

    private static void afterOpening(SoakContext context, Function<RawBroker, byte[]> bytes) throws IOException {
        try (RawClient client = RawClient.overUnix();
                RawBroker broker = context.dial()) {
            client.speak();
            broker.open(client.atBroker()).send(bytes.apply(broker)).expectClosed();
            client.expectUntouched();
        }
    }

    static void noDescriptor(SoakContext context) throws IOException {
        try (RawBroker broker = context.dial()) {
            broker.open().expectClosed();
        }
    }

    static void twoDescriptors(SoakContext context) throws IOException {
        try (RawClient client = RawClient.overUnix();
                RawClient other = RawClient.overUnix();
                RawBroker broker = context.dial()) {
            client.speak();
            other.speak();
            broker.open(client.atBroker(), other.atBroker()).expectClosed();
            client.expectUntouched();
            other.expectUntouched();
        }
    }
}
