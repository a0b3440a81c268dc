package io.handoff.netty.observe;

import io.handoff.netty.descriptor.DescriptorCounts;
import io.handoff.netty.token.TokenCounts;
import io.handoff.netty.wire.FrameBudget;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.HandoffWireException;
import java.time.Duration;
import java.util.Map;

/**
 * Counts what has happened at one server since it started. They can be read from any thread. {@link #openConnections()},
 * {@link #largeFrameBytes()}, {@link #pendingTokens()} and {@link #openDescriptors()} go up and down; all others only grow.
 */
public final class HandoffMetrics {

    private final EventCounts events;
    private final ConnectionCounts connections;
    private final FrameBudget frames;
    private final TokenCounts tokens;
    private final DescriptorCounts descriptors;

    HandoffMetrics(
            EventCounts events,
            ConnectionCounts connections,
            FrameBudget frames,
            TokenCounts tokens,
            DescriptorCounts descriptors) {
        this.events = events;
        this.connections = connections;
        this.frames = frames;
        this.tokens = tokens;
        this.descriptors = descriptors;
    }

    /**
     * Counts the handoff connections that were accepted and not refused.
     *
     * @return the number of connections
     */
    public long connectionsOpened() {
        return connections.opened.sum();
    }

    /**
     * Counts the handoff connections that are open now.
     *
     * @return the number of connections
     */
    public int openConnections() {
        return connections.open.get();
    }

    /**
     * Counts what large frames take up now: those with a body of more than
     * {@value HandoffFrameDecoder#DEFAULT_MAX_FRAME_LENGTH} bytes, from their header until their ACK has left.
     *
     * @return the length of their bodies, in bytes
     */
    public long largeFrameBytes() {
        return frames.taken();
    }

    /**
     * Counts how often accept(2) failed. While no descriptor is left, that is at most once a second, however many connections
     * wait.
     *
     * @return the number of failures
     */
    public long acceptFailures() {
        return events.acceptFailures.sum();
    }

    /**
     * Counts the system calls that failed on a connection that had been accepted: its offer was rejected for that, or it was
     * closed without an answer.
     *
     * @return the number of failures
     */
    public long callFailures() {
        return events.callFailures.sum();
    }

    /**
     * Counts {@link #acceptFailures()} and {@link #callFailures()} by what the calls said.
     *
     * @return the number of failures by errno(3), such as 24 for EMFILE; 0 stands for those that do not tell it
     */
    public Map<Integer, Long> failuresByErrno() {
        return events.failuresByErrno();
    }

    /**
     * Counts the offers accepted.
     *
     * @return the number of accepting ACKs, including those that could not be written
     */
    public long offersAccepted() {
        return events.accepted.sum();
    }

    /**
     * Counts the offers rejected.
     *
     * @param reason the reason asked about
     * @return the number of rejecting ACKs written for it
     */
    public long offersRejected(HandoffRejection.Reason reason) {
        return events.rejected(reason).sum();
    }

    /**
     * Counts the offers judged.
     *
     * @return the number of ACKs written, accepting and rejecting
     */
    public long offersJudged() {
        return events.judged();
    }

    /**
     * Counts the ACKs that could not be written.
     *
     * @return the number of offers whose broker did not get the answer
     */
    public long acksFailed() {
        return events.acksFailed.sum();
    }

    /**
     * Counts the offers whose ACK has left, accepting or rejecting.
     *
     * @return the number of offers
     */
    public long offersAnswered() {
        return events.answers.count();
    }

    /**
     * Adds up how long the brokers waited for their answers. For each this is the time from when its offer was read until its
     * ACK had left.
     *
     * @return the sum over {@link #offersAnswered()}
     */
    public Duration totalAnswerTime() {
        return events.answers.time();
    }

    /**
     * Counts the connections that were adopted, and whose brokers have been told so.
     *
     * @return the number of connections
     */
    public long connectionsAdopted() {
        return events.adoptions.count();
    }

    /**
     * Adds up how long the handoffs of adopted connections took. For each this is the time from when the handoff connection was
     * accepted until the accepting ACK had left and the adopted connection belonged to the program.
     *
     * @return the sum over {@link #connectionsAdopted()}
     */
    public Duration totalAdoptionTime() {
        return events.adoptions.time();
    }

    /**
     * Counts the tokens that are pending now. Expired ones that have not been dropped yet are among them.
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
     * Counts the tokens that were drawn elsewhere and made pending here: by the program, or because they came with a
     * descriptor.
     *
     * @return the number of tokens
     */
    public long tokensRegistered() {
        return tokens.registered.sum();
    }

    /**
     * Counts the tokens consumed. There may be more of them than accepted offers, because adopting a connection can fail
     * after its token was consumed.
     *
     * @return the number of tokens
     */
    public long tokensConsumed() {
        return tokens.consumed.sum();
    }

    /**
     * Counts the tokens that were dropped because their time was over. They are dropped by the next calls, so a store that
     * nobody calls keeps its expired tokens.
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
     * Counts the descriptors that became channels. Some of these may have been closed before the broker was told, because the
     * initializer failed for example. {@link #connectionsAdopted()} does not count those.
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
        return events.wireErrors(kind).sum();
    }

    /**
     * Counts the connections that were not served, whether a first offer of theirs was then rejected or not.
     *
     * @param refusal the reason asked about
     * @return the number of connections
     */
    public long connectionsRefused(ConnectionRefusal refusal) {
        return events.refused(refusal).sum();
    }
}
