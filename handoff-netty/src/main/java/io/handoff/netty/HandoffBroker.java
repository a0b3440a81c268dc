package io.handoff.netty;

import io.handoff.netty.HandoffOutcome.Failed;
import io.handoff.netty.HandoffOutcome.Stage;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The sending side: hands live client connections to one backend, over its handoff socket.
 *
 * <p><b>Order.</b> The client's channel stops reading, everything that was written to the client leaves, the channel
 * leaves its event loop, the backend is connected to, and only then the connection's descriptor is sent with the token
 * and the offer. So at any moment at most one process reads or writes the connection, and what the client sends meanwhile
 * stays in the socket for the one that will (WIRE §7).
 *
 * <p><b>Ownership.</b> {@link HandoffOutcome} says who has the connection in the end. During the handoff the channel
 * stays in the program's hands but holds still: what is written to it is kept, and is sent if the connection stays here
 * and fails if it does not. When the connection is gone its handlers get {@code channelInactive} and are removed, as
 * when a channel closes. A connection that stays here has its handlers and its {@code autoRead} as before; with
 * {@code autoRead} off, one {@code read()} is asked for, since an earlier one may have been pending.
 *
 * <p><b>What cannot be handed off.</b> Bytes that were read here already stay here. A pipeline that may hold such bytes
 * unseen, in a {@code ByteToMessageDecoder} or a codec, is refused: remove these handlers first.
 *
 * <p><b>Threading.</b> Every method may be called from any thread; one instance serves all loops. Each handoff runs on
 * the event loop of its client, which also connects to the backend. Nothing here has to be closed.
 */
public final class HandoffBroker {

    /** Time for one handoff, unless configured. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    /** Handoffs under way at once, unless configured. */
    public static final int DEFAULT_MAX_IN_FLIGHT = 1024;

    /** Failures after which handoffs are suppressed, unless configured. */
    public static final int DEFAULT_MAX_FAILURES = 8;

    /** Time in which failures are counted, unless configured. */
    public static final Duration DEFAULT_FAILURE_WINDOW = Duration.ofSeconds(30);

    private final HandoffBrokerConfig config;
    private final AttemptLimiter limiter;
    private final Semaphore inFlight;

    private HandoffBroker(HandoffBrokerConfig config) {
        this.config = config;
        this.limiter = new AttemptLimiter(config.maxFailures(), config.failureWindow());
        this.inFlight = new Semaphore(config.maxInFlight());
    }

    /**
     * Starts to describe a broker for one backend.
     *
     * @param backendSocket the backend's socket file, which need not exist yet; at most 107 bytes long
     * @return a builder with every setting at its default
     * @throws IllegalArgumentException if the path is longer
     * @throws UnsupportedOperationException if Netty's native epoll transport cannot be used here; its cause says why
     */
    public static Builder builder(Path backendSocket) {
        if (!Epoll.isAvailable()) {
            Throwable why = Epoll.unavailabilityCause();
            throw new UnsupportedOperationException(
                    "a handoff broker needs Netty's native epoll transport, which is not available here: " + why, why);
        }
        return new Builder(backendSocket);
    }

    /**
     * Hands a client's connection to the backend, in an offer that belongs to no trace.
     *
     * @param client as in {@link #handOff(Channel, Offer)}
     * @param serviceName the service that the client asked for
     * @param token the one-time token that the backend expects
     * @param correlationId any number; the answer repeats it
     * @return as in {@link #handOff(Channel, Offer)}
     */
    public Future<HandoffOutcome> handOff(Channel client, String serviceName, HandoffToken token, long correlationId) {
        return handOff(client, Offer.of(token, serviceName, correlationId));
    }

    /**
     * Hands a client's connection to the backend. Called on the client's event loop, inside its {@code channelRead} too,
     * not a byte more is read here from then on.
     *
     * @param client an active {@code EpollSocketChannel} or {@code EpollDomainSocketChannel}
     * @param offer what to offer, with a token that the backend expects; each token serves one handoff
     * @return completed on the client's event loop (on Netty's {@code GlobalEventExecutor} if the client has none that
     *     runs), always with success: what went wrong is in the {@link HandoffOutcome}. It cannot be cancelled
     * @throws IllegalArgumentException if the offer's token is not {@value HandoffToken#BYTES} bytes long
     */
    public Future<HandoffOutcome> handOff(Channel client, Offer offer) {
        if (offer.token().length != HandoffToken.BYTES) {
            throw new IllegalArgumentException(
                    "the offer's token was " + offer.token().length + " bytes; expected " + HandoffToken.BYTES);
        }
        EventLoop loop;
        try {
            loop = client.eventLoop();
        } catch (IllegalStateException e) {
            return refuse(client, "the client's channel has no event loop yet");
        }
        Promise<HandoffOutcome> outcome = loop.newPromise();
        outcome.setUncancellable();
        if (loop.inEventLoop()) {
            begin(client, offer, outcome);
            return outcome;
        }
        try {
            loop.execute(() -> begin(client, offer, outcome));
            return outcome;
        } catch (RejectedExecutionException e) {
            return refuse(client, "the client's event loop is shut down");
        }
    }

    private static Future<HandoffOutcome> refuse(Channel client, String why) {
        return GlobalEventExecutor.INSTANCE.newSucceededFuture(untouched(client, Stage.CLIENT_NOT_READY, why));
    }

    private static HandoffOutcome untouched(Channel client, Stage stage, String why) {
        return new Failed(stage, new HandoffBrokerException(why), client.isActive());
    }

    private void begin(Channel client, Offer offer, Promise<HandoffOutcome> outcome) {
        if (HeldClient.isHeld(client)) {
            String running = "a handoff of the client's connection is running already";
            outcome.setSuccess(new Failed(Stage.CLIENT_NOT_READY, new HandoffBrokerException(running), false));
            return;
        }
        String unready = HeldClient.unready(client);
        long suppressedForNanos = limiter.suppressedForNanos(now(client));
        if (unready != null) {
            outcome.setSuccess(untouched(client, Stage.CLIENT_NOT_READY, unready));
        } else if (suppressedForNanos > 0) {
            outcome.setSuccess(untouched(client, Stage.SUPPRESSED, suppressed(suppressedForNanos)));
        } else if (!inFlight.tryAcquire()) {
            String limit = config.maxInFlight() + " handoffs to " + config.backendSocket() + " are under way";
            outcome.setSuccess(untouched(client, Stage.IN_FLIGHT_LIMIT, limit));
        } else {
            HandoffAttempt.start(config, client, offer, end -> {
                // Before anybody can know: whoever waits for the outcome may try again at once.
                account(end, now(client));
                outcome.setSuccess(end);
            });
        }
    }

    private String suppressed(long nanos) {
        return config.maxFailures() + " handoffs to " + config.backendSocket() + " have failed within "
                + config.failureWindow().toMillis() + " ms; the next is tried in "
                + TimeUnit.NANOSECONDS.toMillis(nanos)
                + " ms";
    }

    private void account(HandoffOutcome outcome, long nowNanos) {
        inFlight.release();
        if (outcome instanceof HandoffOutcome.Accepted) {
            limiter.succeeded();
        } else if (outcome instanceof Failed failed && failed.stage().isBackends()) {
            limiter.failed(nowNanos);
        }
    }

    private static long now(Channel client) {
        return client.eventLoop().ticker().nanoTime();
    }

    /** The settings of a broker. Each is checked where it is set; a broker once built no longer sees changes. */
    public static final class Builder {
        private final Path backendSocket;
        private Duration timeout = DEFAULT_TIMEOUT;
        private int maxInFlight = DEFAULT_MAX_IN_FLIGHT;
        private int maxFailures = DEFAULT_MAX_FAILURES;
        private Duration failureWindow = DEFAULT_FAILURE_WINDOW;
        private boolean readyEvent;
        private SocketCalls calls = LibcSocketCalls.INSTANCE;

        private Builder(Path backendSocket) {
            int length = backendSocket.toString().getBytes(StandardCharsets.UTF_8).length;
            if (length > ListeningSocket.MAX_PATH_BYTES) {
                throw new IllegalArgumentException("backendSocket has " + length + " bytes; at most "
                        + ListeningSocket.MAX_PATH_BYTES + " fit: " + backendSocket);
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
        public Builder timeout(Duration timeout) {
            this.timeout = Bounds.positive(timeout, "timeout");
            return this;
        }

        /**
         * Caps the handoffs under way at once; those beyond fail at once, with their connections untouched.
         *
         * @param maxInFlight at least 1; default {@value HandoffBroker#DEFAULT_MAX_IN_FLIGHT}
         * @return this
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder maxInFlight(int maxInFlight) {
            this.maxInFlight = Bounds.positive(maxInFlight, "maxInFlight");
            return this;
        }

        /**
         * Limits the failures that are the backend's: after so many within the {@link #failureWindow}, handoffs fail at
         * once until the window is over, with their connections untouched. A rejection is no failure; an accepted handoff
         * clears the count.
         *
         * @param maxFailures at least 1; default {@value HandoffBroker#DEFAULT_MAX_FAILURES}
         * @return this
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder maxFailures(int maxFailures) {
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
        public Builder failureWindow(Duration failureWindow) {
            this.failureWindow = Bounds.positive(failureWindow, "failureWindow");
            return this;
        }

        /**
         * Tells each client on its own connection that a backend has taken it over (WIRE §9): one frame after the
         * backend's acceptance, written past the handlers of the client's channel. A client that leaves no room for it
         * until the {@link #timeout} misses it or the rest of it, which is logged. Only for backends whose protocol
         * lets the client speak first: another would write at the same time.
         *
         * @param readyEvent whether to; default false
         * @return this
         */
        public Builder readyEvent(boolean readyEvent) {
            this.readyEvent = readyEvent;
            return this;
        }

        /** For tests, which let system calls fail. */
        Builder socketCalls(SocketCalls calls) {
            this.calls = calls;
            return this;
        }

        /**
         * Makes the broker. It connects to the backend with the first handoff.
         *
         * @return the broker
         */
        public HandoffBroker build() {
            return new HandoffBroker(new HandoffBrokerConfig(
                    backendSocket, timeout, maxInFlight, maxFailures, failureWindow, readyEvent, calls));
        }
    }
}
