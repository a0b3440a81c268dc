package io.handoff.reliability;

import io.handoff.proto.v1.Frame;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Bytes that break the protocol: the backend has to close the connection without an ACK, and leave the client alone. */
final class SoakMalformed {

    /** One more than the backend's cap. */
    private static final int OVERSIZE = 64 * 1024 + 1;

    /** A field of the number 0, which there is not. */
    private static final byte[] GARBAGE = {0, 0, 0, 0};

    private SoakMalformed() {}

    static void version(SoakContext context) throws IOException {
        afterOpening(context, broker -> RawFrames.header(2, GARBAGE.length));
    }

    static void oversize(SoakContext context) throws IOException {
        afterOpening(context, broker -> RawFrames.header(1, OVERSIZE));
    }

    static void garbage(SoakContext context) throws IOException {
        afterOpening(context, broker -> RawFrames.framed(GARBAGE));
    }

    /** An offer that is right but for one thing. */
    static SoakCase.Play offer(UnaryOperator<Frame.Builder> fault) {
        return context -> afterOpening(
                context,
                broker -> RawFrames.framed(fault.apply(broker.frame()).build().toByteArray()));
    }

    private static void afterOpening(SoakContext context, Function<SoakBroker, byte[]> bytes) throws IOException {
        try (SoakClient client = SoakClient.overUnix();
                SoakBroker broker = context.dial()) {
            client.speak();
            broker.open(client.atBroker()).send(bytes.apply(broker)).expectClosed();
            client.expectUntouched();
        }
    }

    static void noDescriptor(SoakContext context) throws IOException {
        try (SoakBroker broker = context.dial()) {
            broker.open().expectClosed();
        }
    }

    static void twoDescriptors(SoakContext context) throws IOException {
        try (SoakClient client = SoakClient.overUnix();
                SoakClient other = SoakClient.overUnix();
                SoakBroker broker = context.dial()) {
            client.speak();
            other.speak();
            broker.open(client.atBroker(), other.atBroker()).expectClosed();
            client.expectUntouched();
            other.expectUntouched();
        }
    }
}
