package io.handoff.netty;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what has happened at one server since it started. Read from any thread; the counts only grow, but for
 * {@link #openConnections()}, {@link #largeFrameBytes()}, {@link #pendingTokens()} and {@link #openDescriptors()}.
 */
public final class HandoffMetrics implements HandoffListener {

    private final LongAdder acceptFailures = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder acksFailed = new LongAdder();
    private final Map<HandoffRejection.Reason, LongAdder> rejected = adders(HandoffRejection.Reason.class);
    private final Map<HandoffWireException.Kind, LongAdder> wireErrors = adders(HandoffWireException.Kind.class);
    private final Map<ConnectionRefusal, LongAdder> refused = adders(ConnectionRefusal.class);
    private final TimeTotal answers = new TimeTotal();
    private final TimeTotal adoptions = new TimeTotal();
    private final ControlConnections connections;
    private final FrameBudget frameBudget;
    private final TokenCounts tokens;
    private final DescriptorCounts descriptors;

    HandoffMetrics(
            ControlConnections connections, FrameBudget frameBudget, TokenCounts tokens, DescriptorCounts descriptors) {
        this.connections = connections;
        this.frameBudget = frameBudget;
        this.tokens = tokens;
        this.descriptors = descriptors;
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

    /** So many ACKs have left, each so long after its offer was read. */
    void acksLeft(int count, long nanosEach) {
        answers.add(count, nanosEach);
    }

    /** A connection has been adopted, so long after the connection that brought it was accepted, and its broker been told. */
    void adopted(long nanos) {
        adoptions.add(1, nanos);
    }

    /**
     * Counts the handoff connections that were accepted and not refused.
     *
     * @return the number of connections
     */
    public long connectionsOpened() {
        return connections.everOpenedCount();
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
     * Counts the offers whose ACK has left, accepting or rejecting.
     *
     * @return the number of offers
     */
    public long offersAnswered() {
        return answers.count();
    }

    /**
     * Adds up how long the brokers waited for their answers: each from when its offer was read until its ACK had left.
     *
     * @return the sum over {@link #offersAnswered()}
     */
    public Duration totalAnswerTime() {
        return answers.time();
    }

    /**
     * Counts the connections that were adopted, and whose brokers have been told so.
     *
     * @return the number of connections
     */
    public long connectionsAdopted() {
        return adoptions.count();
    }

    /**
     * Adds up how long the handoffs of adopted connections took: each from when the handoff connection was accepted until
     * the accepting ACK had left, and the adopted one belonged to the program.
     *
     * @return the sum over {@link #connectionsAdopted()}
     */
    public Duration totalAdoptionTime() {
        return adoptions.time();
    }

    /**
     * Counts the tokens that are pending now, among them expired ones that have not been dropped yet.
     *
     * @return the number of tokens
     */
    public long pendingTokens() {
        return tokens.pending();
    }

    /**
     * Counts the tokens that were drawn here.
     *
     * @return the number of tokens
     */
    public long tokensIssued() {
        return tokens.issued.sum();
    }

    /**
     * Counts the tokens that were drawn elsewhere and made pending here: by the program, or by their descriptors where
     * these carry them.
     *
     * @return the number of tokens
     */
    public long tokensRegistered() {
        return tokens.registered.sum();
    }

    /**
     * Counts the tokens consumed. These may be more than the offers accepted: a connection can fail to be adopted
     * afterwards.
     *
     * @return the number of tokens
     */
    public long tokensConsumed() {
        return tokens.consumed.sum();
    }

    /**
     * Counts the tokens that were dropped because their time was over. Dropping is done along with other calls, so a store
     * at rest keeps its expired tokens.
     *
     * @return the number of tokens
     */
    public long tokensExpired() {
        return tokens.expired.sum();
    }

    /**
     * Counts the tokens taken back without being consumed: by the program, or because the connection closed that had
     * carried them.
     *
     * @return the number of tokens
     */
    public long tokensRevoked() {
        return tokens.revoked.sum();
    }

    /**
     * Counts the descriptors that were received and are neither adopted nor closed yet.
     *
     * @return the number of descriptors
     */
    public long openDescriptors() {
        return descriptors.open();
    }

    /**
     * Counts the descriptors received, surplus ones among them.
     *
     * @return the number of descriptors
     */
    public long descriptorsReceived() {
        return descriptors.received.sum();
    }

    /**
     * Counts the descriptors that became channels. The channel may have been closed again before its broker was told, where
     * its initializer failed, say; {@link #connectionsAdopted()} counts those that were not.
     *
     * @return the number of descriptors
     */
    public long descriptorsAdopted() {
        return descriptors.adopted.sum();
    }

    /**
     * Counts the descriptors that were closed as they came.
     *
     * @return the number of descriptors
     */
    public long descriptorsClosed() {
        return descriptors.closed.sum();
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
