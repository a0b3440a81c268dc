package io.handoff.netty;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what has happened at one server since it started. Read from any thread; the counts only grow, but for
 * {@link #openConnections()} and {@link #largeFrameBytes()}.
 */
public final class HandoffMetrics implements HandoffListener {

    private final LongAdder acceptFailures = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder acksFailed = new LongAdder();
    private final Map<HandoffRejection.Reason, LongAdder> rejected = adders(HandoffRejection.Reason.class);
    private final Map<HandoffWireException.Kind, LongAdder> wireErrors = adders(HandoffWireException.Kind.class);
    private final Map<ConnectionRefusal, LongAdder> refused = adders(ConnectionRefusal.class);
    private final ControlConnections connections;
    private final FrameBudget frameBudget;

    HandoffMetrics(ControlConnections connections, FrameBudget frameBudget) {
        this.connections = connections;
        this.frameBudget = frameBudget;
    }

    private static <K extends Enum<K>> Map<K, LongAdder> adders(Class<K> keys) {
        Map<K, LongAdder> adders = new EnumMap<>(keys);
        for (K key : keys.getEnumConstants()) {
            adders.put(key, new LongAdder());
        }
        return adders;
    }

    private static <K extends Enum<K>> LongAdder adder(Map<K, LongAdder> adders, K key) {
        return Objects.requireNonNull(adders.get(key), "adders() made one for every constant");
    }

    @Override
    public void acceptFailed(IOException failure) {
        acceptFailures.increment();
    }

    @Override
    public void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {
        adder(refused, refusal).increment();
    }

    @Override
    public void offerJudged(HandoffPeer peer, HandoffAcceptance acceptance) {
        if (acceptance instanceof HandoffAcceptance.Rejected rejection) {
            adder(rejected, rejection.rejection().reason()).increment();
        } else {
            accepted.increment();
        }
    }

    @Override
    public void ackFailed(HandoffPeer peer, HandoffAcceptance acceptance) {
        acksFailed.increment();
    }

    @Override
    public void wireError(HandoffPeer peer, HandoffWireException error) {
        adder(wireErrors, error.kind()).increment();
    }

    /**
     * Counts the handoff connections that are open now.
     *
     * @return the number of connections
     */
    public int openConnections() {
        return connections.openCount();
    }

    /**
     * Counts what large frames take up now: those with a body of more than
     * {@value HandoffFrameDecoder#DEFAULT_MAX_FRAME_LENGTH} bytes, from their header until their ACK has left.
     *
     * @return the length of their bodies, in bytes
     */
    public long largeFrameBytes() {
        return frameBudget.taken();
    }

    /**
     * Counts how often accept(2) failed: at most once a second while there is no descriptor left, however many
     * connections wait.
     *
     * @return the number of failures
     */
    public long acceptFailures() {
        return acceptFailures.sum();
    }

    /**
     * Counts the offers accepted.
     *
     * @return the number of accepting ACKs, those that then could not be written among them
     */
    public long offersAccepted() {
        return accepted.sum();
    }

    /**
     * Counts the offers rejected.
     *
     * @param reason the reason asked about
     * @return the number of rejecting ACKs written for it
     */
    public long offersRejected(HandoffRejection.Reason reason) {
        return adder(rejected, reason).sum();
    }

    /** All offers, accepted or rejected. */
    long offersJudged() {
        return accepted.sum()
                + rejected.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /**
     * Counts the ACKs that could not be written.
     *
     * @return the number of offers whose broker did not get the answer
     */
    public long acksFailed() {
        return acksFailed.sum();
    }

    /**
     * Counts the connections ended by a wire error.
     *
     * @param kind the kind of error asked about
     * @return the number of connections
     */
    public long wireErrors(HandoffWireException.Kind kind) {
        return adder(wireErrors, kind).sum();
    }

    /**
     * Counts the connections refused before a byte of them was read.
     *
     * @param refusal the reason asked about
     * @return the number of connections
     */
    public long connectionsRefused(ConnectionRefusal refusal) {
        return adder(refused, refusal).sum();
    }
}
