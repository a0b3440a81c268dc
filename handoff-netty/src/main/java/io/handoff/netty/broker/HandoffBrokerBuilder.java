package io.handoff.netty.broker;

import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.descriptor.SocketPath;
import io.handoff.netty.token.Bounds;
import io.handoff.netty.wire.Offer;
import io.netty.channel.ChannelHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/** The settings of a broker. Each is checked where it is set; a broker once built no longer sees changes. */
public final class HandoffBrokerBuilder {
    private final Path backendSocket;
    private Duration timeout = HandoffBroker.DEFAULT_TIMEOUT;
    private int maxInFlight = HandoffBroker.DEFAULT_MAX_IN_FLIGHT;
    private int maxFailures = HandoffBroker.DEFAULT_MAX_FAILURES;
    private Duration failureWindow = HandoffBroker.DEFAULT_FAILURE_WINDOW;
    private boolean readyEvent;
    private boolean carryState;
    private Predicate<? super ChannelHandler> vouchedFor = handler -> false;
    private SocketCalls calls = LibcSocketCalls.INSTANCE;

    HandoffBrokerBuilder(Path backendSocket) {
        String misfit = SocketPath.misfitOf(backendSocket);
        if (misfit != null) {
            throw new IllegalArgumentException("backendSocket " + backendSocket + ": " + misfit);
        }
        this.backendSocket = backendSocket;
    }

    /**
     * Limits the time for one handoff, from its start to the backend's answer.
     *
     * @param timeout more than zero; default 5 s
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffBrokerBuilder timeout(Duration timeout) {
        this.timeout = Bounds.positive(timeout, "timeout");
        return this;
    }

    /**
     * Caps the handoffs under way at once. Those beyond fail at once, and their connections are untouched.
     *
     * @param maxInFlight at least 1; default {@value HandoffBroker#DEFAULT_MAX_IN_FLIGHT}
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffBrokerBuilder maxInFlight(int maxInFlight) {
        this.maxInFlight = Bounds.positive(maxInFlight, "maxInFlight");
        return this;
    }

    /**
     * Limits the failures that are the backend's. After so many within the {@link #failureWindow}, handoffs fail at once until
     * the window is over, and their connections are untouched. Then one handoff is tried: if the backend does not answer it, a new
     * window begins. A rejection is no failure. An accepted handoff clears the count.
     *
     * @param maxFailures at least 1; default {@value HandoffBroker#DEFAULT_MAX_FAILURES}
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffBrokerBuilder maxFailures(int maxFailures) {
        this.maxFailures = Bounds.positive(maxFailures, "maxFailures");
        return this;
    }

    /**
     * Sets the time in which failures are counted. It begins with the first of them, and does not slide.
     *
     * @param failureWindow more than zero; default 30 s
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public HandoffBrokerBuilder failureWindow(Duration failureWindow) {
        this.failureWindow = Bounds.positive(failureWindow, "failureWindow");
        return this;
    }

    /**
     * Tells each client on its own connection that a backend has taken it over (WIRE §9). After the backend has accepted, one
     * frame is written past the handlers of the client's channel. If the client leaves no room for it until the
     * {@link #timeout}, it misses all or a part of it, which is logged. Use this only if the client speaks first in the backend's
     * protocol; otherwise the backend would write at the same time.
     *
     * @param readyEvent whether to; default false
     * @return this
     */
    public HandoffBrokerBuilder readyEvent(boolean readyEvent) {
        this.readyEvent = readyEvent;
        return this;
    }

    /**
     * Lets bytes and state travel with a connection (WIRE §10): what an offer carries ({@link Offer#carrying}), and bytes that came
     * with the connection and have not been read here yet. Only for a backend that is set to take them
     * ({@code HandoffServerBuilder.maxStateBytes}): any other accepts the connection without them, which is a failure with the stage
     * {@link HandoffOutcome.Stage#STATE_LOST}. Without this such a connection is not handed off, and untouched.
     *
     * @param carryState whether to; default false
     * @return this
     */
    public HandoffBrokerBuilder carryState(boolean carryState) {
        this.carryState = carryState;
        return this;
    }

    /**
     * Vouches for handlers that would be refused because they may hold bytes (see {@link HandoffBroker}). A program
     * knows its own handlers, and knows when they hold nothing. It is asked about each such handler at the start of each handoff,
     * on the client's event loop. If it throws, the handoff fails and the connection is untouched.
     *
     * @param vouchedFor true for a handler that holds nothing of the connection now, neither of what was read nor of
     *     what was written; default none
     * @return this
     */
    public HandoffBrokerBuilder vouchFor(Predicate<? super ChannelHandler> vouchedFor) {
        this.vouchedFor = vouchedFor;
        return this;
    }

    /** For tests, which let system calls fail. */
    HandoffBrokerBuilder socketCalls(SocketCalls calls) {
        this.calls = calls;
        return this;
    }

    /**
     * Makes the broker. It connects to the backend with the first handoff.
     *
     * @return the broker
     */
    public HandoffBroker build() {
        HandoffBrokerConfig config = new HandoffBrokerConfig(
                backendSocket,
                timeout,
                maxInFlight,
                maxFailures,
                failureWindow,
                readyEvent,
                carryState,
                vouchedFor,
                calls);
        return new HandoffBroker(config, timeout);
    }
}
