package io.handoff.cli.doctor;

import io.handoff.cli.doctor.DoctorReport.Check;
import io.handoff.cli.offer.OfferAnswer;
import io.handoff.cli.offer.OfferClient;
import io.handoff.cli.offer.OwnClient;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.Offer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Makes handoffs to a backend as a broker does, each of a connection of its own that is closed at once, and with a token that
 * nobody has issued.
 */
final class DoctorExchange implements AutoCloseable {

    private static final String SERVICE = "handoff-doctor";
    private static final double NANOS_PER_MILLI = 1e6;

    private final Path socket;
    private final Duration timeout;
    private final HandoffBroker broker;
    private final EventLoopGroup loops;

    /** From the start of the last handoff to its outcome. */
    private long nanos;

    /** Takes the backend's socket, and the time for each answer. */
    DoctorExchange(Path socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
        this.broker = HandoffBroker.builder(socket).timeout(timeout).build();
        // After the broker, which says what to do where native code cannot be loaded.
        this.loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    DoctorReport checkProtocol() throws IOException {
        HandoffOutcome outcome = handOff(1);
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

    private HandoffOutcome handOff(long correlationId) throws IOException {
        try (OwnClient client = OwnClient.connect(loops.next(), timeout)) {
            long start = System.nanoTime();
            HandoffOutcome outcome = broker.handOff(client.brokersEnd(), offer(correlationId))
                    .syncUninterruptibly()
                    .getNow();
            nanos = System.nanoTime() - start;
            return outcome;
        }
    }

    /** A backend without descriptors takes the token for a broken frame. */
    private DoctorReport checkFramed(HandoffOutcome.Failed failed) {
        try (OfferClient client = new OfferClient(socket, timeout)) {
            if (client.offer(offer(2)) instanceof OfferAnswer.Rejected rejected) {
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

    /**
     * Only where {@link #checkProtocol} has found that descriptors are taken. Once, as the backend tells its log of each offer;
     * the first time much of it is this process, which warms up.
     */
    DoctorReport checkRoundTrip() throws IOException {
        long firstNanos = nanos;
        HandoffOutcome outcome = handOff(2);
        return outcome instanceof HandoffOutcome.Failed failed
                ? DoctorReport.failed(
                        Check.ROUND_TRIP,
                        "no answer to a second offer: " + failed.cause().getMessage())
                : DoctorReport.ok(
                        Check.ROUND_TRIP,
                        String.format(
                                Locale.ROOT,
                                "an answer took %.1f ms; the first one, which warms this command up, %.1f ms",
                                nanos / NANOS_PER_MILLI,
                                firstNanos / NANOS_PER_MILLI));
    }

    private static Offer offer(long correlationId) {
        return Offer.of(HandoffToken.random(), SERVICE, correlationId);
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
