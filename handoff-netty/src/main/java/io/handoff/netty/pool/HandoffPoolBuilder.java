package io.handoff.netty.pool;

import io.handoff.netty.broker.Destination;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffBrokerConfig;
import io.handoff.netty.broker.HandoffBrokerMetrics;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.token.Bounds;
import io.netty.channel.ChannelHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/** The settings of a pool. Each is checked where it is set; a pool once built no longer sees changes. */
public final class HandoffPoolBuilder {
    private final SocketPaths paths;
    private Duration timeout = HandoffBroker.DEFAULT_TIMEOUT;
    private Duration connectTimeout = HandoffPool.DEFAULT_CONNECT_TIMEOUT;
    private int maxInFlight = HandoffBroker.DEFAULT_MAX_IN_FLIGHT;
    private int maxFailures = HandoffPool.DEFAULT_MAX_FAILURES;
    private Duration failureWindow = HandoffPool.DEFAULT_FAILURE_WINDOW;
    private boolean readyEvent;
    private Predicate<? super ChannelHandler> vouchedFor = handler -> false;

    HandoffPoolBuilder(SocketPaths paths) {
        this.paths = paths;
    }

    /**
     * Limits the time for one handoff, over all its attempts, from its start to the answer of the last backend. In the last quarter
     * of it no further attempt begins: a client that has been sent to a backend which has no time to answer would be lost.
     *
     * @param timeout more than zero; default 5 s
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffPoolBuilder timeout(Duration timeout) {
        this.timeout = Bounds.positive(timeout, "timeout");
        return this;
    }

    /**
     * Limits the time that a backend is waited for which is too busy to be connected to, or to be sent anything. Then the attempt fails,
     * and the next backend is tried.
     *
     * @param connectTimeout more than zero; default 500 ms
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffPoolBuilder connectTimeout(Duration connectTimeout) {
        this.connectTimeout = Bounds.positive(connectTimeout, "connectTimeout");
        return this;
    }

    /**
     * Caps the handoffs under way at once to each backend. One with so many is not chosen.
     *
     * @param maxInFlight at least 1; default {@value HandoffBroker#DEFAULT_MAX_IN_FLIGHT}
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffPoolBuilder maxInFlight(int maxInFlight) {
        this.maxInFlight = Bounds.positive(maxInFlight, "maxInFlight");
        return this;
    }

    /**
     * Limits the failures of each backend. After so many within the {@link #failureWindow} it is left alone until the window is over.
     * Then one handoff is tried: if the backend does not answer it, a new window begins. A rejection is no failure. An accepted
     * handoff clears the count, and so does a new socket at its path.
     *
     * @param maxFailures at least 1; default {@value HandoffPool#DEFAULT_MAX_FAILURES}
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffPoolBuilder maxFailures(int maxFailures) {
        this.maxFailures = Bounds.positive(maxFailures, "maxFailures");
        return this;
    }

    /**
     * Sets the time in which failures are counted. It begins with the first of them, and does not slide.
     *
     * @param failureWindow more than zero; default 10 s
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffPoolBuilder failureWindow(Duration failureWindow) {
        this.failureWindow = Bounds.positive(failureWindow, "failureWindow");
        return this;
    }

    /**
     * Tells each client on its own connection that a backend has taken it over, as
     * {@link io.handoff.netty.broker.HandoffBrokerBuilder#readyEvent} does.
     *
     * @param readyEvent whether to; default false
     * @return this
     */
    public HandoffPoolBuilder readyEvent(boolean readyEvent) {
        this.readyEvent = readyEvent;
        return this;
    }

    /**
     * Vouches for handlers that would be refused because they may hold bytes, as
     * {@link io.handoff.netty.broker.HandoffBrokerBuilder#vouchFor} does. It is asked once for each handoff.
     *
     * @param vouchedFor true for a handler that holds nothing of the connection now; default none
     * @return this
     */
    public HandoffPoolBuilder vouchFor(Predicate<? super ChannelHandler> vouchedFor) {
        this.vouchedFor = vouchedFor;
        return this;
    }

    /**
     * Makes the pool.
     *
     * @return the pool
     */
    public HandoffPool build() {
        HandoffPoolBuilder settings = copy();
        HandoffBrokerMetrics metrics = new HandoffBrokerMetrics();
        return new HandoffPool(
                new Members(paths, path -> new Destination(settings.config(path), metrics)), timeout, metrics);
    }

    private HandoffPoolBuilder copy() {
        return new HandoffPoolBuilder(paths)
                .connectTimeout(connectTimeout)
                .maxInFlight(maxInFlight)
                .maxFailures(maxFailures)
                .failureWindow(failureWindow)
                .readyEvent(readyEvent)
                .vouchFor(vouchedFor);
    }

    private HandoffBrokerConfig config(Path backend) {
        return new HandoffBrokerConfig(
                backend,
                connectTimeout,
                maxInFlight,
                maxFailures,
                failureWindow,
                readyEvent,
                false,
                vouchedFor,
                LibcSocketCalls.INSTANCE);
    }
}
