package io.handoff.netty.takeover;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.token.Bounds;
import io.netty.channel.group.ChannelGroup;
import java.time.Duration;
import java.util.function.Consumer;

/** The settings of a takeover. Each is checked where it is set; a takeover that has started no longer sees changes. */
public final class HandoffTakeoverBuilder {

    private final HandoffBroker successor;
    private final ChannelGroup connections;
    private String serviceName = "takeover";
    private Departure departure = Departure.atAnyTime();
    private int atOnce = HandoffTakeover.DEFAULT_AT_ONCE;
    private int perSecond = TakeoverSettings.UNPACED;
    private Duration retryAfter = HandoffTakeover.DEFAULT_RETRY_AFTER;
    private Duration awaitSuccessor = HandoffTakeover.DEFAULT_AWAIT_SUCCESSOR;
    private Duration deadline = HandoffTakeover.DEFAULT_DEADLINE;
    private Consumer<? super TakeoverReport> progress = report -> {};

    HandoffTakeoverBuilder(HandoffBroker successor, ChannelGroup connections) {
        this.successor = successor;
        this.connections = connections;
    }

    /**
     * Names the service in the offers to the successor.
     *
     * @param serviceName the name; default {@code takeover}
     * @return this
     */
    public HandoffTakeoverBuilder serviceName(String serviceName) {
        this.serviceName = serviceName;
        return this;
    }

    /**
     * Lets the program say which connection may go when, and with what state.
     *
     * @param departure asked before each attempt; default {@link Departure#atAnyTime()}
     * @return this
     */
    public HandoffTakeoverBuilder departure(Departure departure) {
        this.departure = departure;
        return this;
    }

    /**
     * Caps the connections on the move at once. They stand still meanwhile. One goes alone until the successor has answered, and after a
     * loss until it answers again. The broker has a limit of its own ({@code maxInFlight}); what that refuses is tried again.
     *
     * @param atOnce at least 1; default {@value HandoffTakeover#DEFAULT_AT_ONCE}
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffTakeoverBuilder atOnce(int atOnce) {
        this.atOnce = Bounds.positive(atOnce, "atOnce");
        return this;
    }

    /**
     * Paces the attempts, so that the successor is not flooded.
     *
     * @param perSecond how many begin in a second, at least 1; default: as many as are answered
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffTakeoverBuilder perSecond(int perSecond) {
        this.perSecond = Bounds.positive(perSecond, "perSecond");
        return this;
    }

    /**
     * Sets when a connection is tried again that could not go, or was rejected.
     *
     * @param retryAfter more than zero; default 100 ms
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffTakeoverBuilder retryAfter(Duration retryAfter) {
        this.retryAfter = Bounds.positive(retryAfter, "retryAfter");
        return this;
    }

    /**
     * Limits how long it is waited until somebody listens at the successor's socket. If nobody does, the takeover ends, and every
     * connection is served here as before.
     *
     * @param awaitSuccessor more than zero; default 30 s
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffTakeoverBuilder awaitSuccessor(Duration awaitSuccessor) {
        this.awaitSuccessor = Bounds.positive(awaitSuccessor, "awaitSuccessor");
        return this;
    }

    /**
     * Limits how long connections may take to move, once the successor is there. Those that are on the move by then arrive or stay, which takes
     * as long as the broker's {@code timeout} and a second at most; those that are here then are closed.
     *
     * @param deadline more than zero; default 30 s
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffTakeoverBuilder deadline(Duration deadline) {
        this.deadline = Bounds.positive(deadline, "deadline");
        return this;
    }

    /**
     * Lets the program watch.
     *
     * @param progress told every 100 ms or so if anything has changed, and of the end, on Netty's {@code GlobalEventExecutor}, which it must
     *     not block; default: nobody
     * @return this
     */
    public HandoffTakeoverBuilder progress(Consumer<? super TakeoverReport> progress) {
        this.progress = progress;
        return this;
    }

    /**
     * Begins.
     *
     * @return the takeover, which goes on by itself
     */
    public HandoffTakeover start() {
        TakeoverSettings settings =
                new TakeoverSettings(atOnce, perSecond, retryAfter, awaitSuccessor, deadline, progress);
        HandoffTakeover takeover =
                new HandoffTakeover(successor, connections, new Attempt(successor, serviceName, departure), settings);
        takeover.start();
        return takeover;
    }
}
