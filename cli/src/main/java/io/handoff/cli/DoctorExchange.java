package io.handoff.cli;

import io.handoff.cli.DoctorReport.Check;
import io.handoff.netty.HandoffBroker;
import io.handoff.netty.HandoffOutcome;
import io.handoff.netty.HandoffToken;
import io.handoff.netty.Offer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Makes handoffs to a backend as a broker does, each of a connection of its own that is closed at once, and with a token that
 * nobody has issued.
 */
final class DoctorExchange implements AutoCloseable {

    private static final String SERVICE = "handoff-doctor";
    private static final int ROUNDS = 9;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Path socket;
    private final Duration timeout;
    private final HandoffBroker broker;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<Long> roundTripNanos = new ArrayList<>();

    /**
     * Takes the backend's socket, and the time for each answer.
     *
     * @throws IllegalArgumentException if the socket's path is too long
     */
    DoctorExchange(Path socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
        this.broker = HandoffBroker.builder(socket).timeout(timeout).build();
    }

    DoctorReport checkProtocol() throws IOException {
        HandoffOutcome outcome = handOff();
        if (outcome instanceof HandoffOutcome.Accepted) {
            return DoctorReport.ok(
                    Check.PROTOCOL, "it speaks v1, and has accepted a connection with the token that came along");
        }
        if (outcome instanceof HandoffOutcome.Rejected rejected) {
            return DoctorReport.ok(
                    Check.PROTOCOL, "it speaks v1, and has rejected an unknown token: " + rejected.detail());
        }
        return checkFramed((HandoffOutcome.Failed) outcome);
    }

    private HandoffOutcome handOff() throws IOException {
        try (OwnClient client = OwnClient.connect(loops.next(), timeout)) {
            long start = System.nanoTime();
            HandoffOutcome outcome = broker.handOff(client.brokersEnd(), offer())
                    .syncUninterruptibly()
                    .getNow();
            roundTripNanos.add(System.nanoTime() - start);
            return outcome;
        }
    }

    /** A backend without descriptors takes the token for a broken frame. */
    private DoctorReport checkFramed(HandoffOutcome.Failed failed) {
        try (OfferClient client = new OfferClient(socket, timeout)) {
            if (client.offer(offer()) instanceof OfferAnswer.Rejected rejected) {
                return DoctorReport.note(
                        Check.PROTOCOL,
                        "it speaks v1, but takes no descriptors, only framed offers; it has rejected an unknown token: "
                                + rejected.detail());
            }
        }
        return DoctorReport.failed(
                Check.PROTOCOL,
                "no answer to an offer: " + failed.cause().getMessage()
                        + "; the process is no backend for v1, or its peer policy or its limits refuse "
                        + System.getProperty("user.name"));
    }

    /** Only where {@link #checkProtocol} has found that descriptors are taken. */
    DoctorReport checkRoundTrip() throws IOException {
        double first = millis(roundTripNanos.get(0));
        roundTripNanos.clear();
        for (int round = 0; round < ROUNDS; round++) {
            handOff();
        }
        Collections.sort(roundTripNanos);
        return DoctorReport.ok(
                Check.ROUND_TRIP,
                String.format(
                        Locale.ROOT,
                        "an answer took %.1f ms, the median of %d; the first one %.1f ms",
                        millis(roundTripNanos.get(ROUNDS / 2)),
                        ROUNDS,
                        first));
    }

    private static double millis(long nanos) {
        return nanos / NANOS_PER_MILLI;
    }

    private static Offer offer() {
        return Offer.of(HandoffToken.random(), SERVICE, 1);
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
