package io.handoff.netty.pool;

import io.handoff.netty.broker.Handoff;
import io.handoff.netty.broker.HandoffBrokerMetrics;
import io.handoff.netty.descriptor.NativeCode;
import io.handoff.netty.descriptor.NettyVersion;
import io.handoff.netty.wire.Offer;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The sending side for several backends of one service: hands each client to the backend with the least handoffs under way, and to
 * the next one if that does not take it.
 *
 * <p><b>Which backends.</b> Those that the program names ({@link #ofSockets}), or the sockets in a directory, where they may come and go
 * ({@link #ofDirectory}). One whose socket is not there is not chosen. That is looked at before each attempt, and new ones
 * are found in a quarter of a second at most. A socket that has been made anew is a new backend.
 *
 * <p><b>Which next.</b> A client goes on to the next backend if one has rejected it, or if the attempt failed with the client
 * untouched: no connection, nothing sent. Each backend is tried once. The client is held all the time, so not a byte of it is
 * read in between. Each attempt has a token of its own, drawn here, so backends have to expect the token that comes with the
 * descriptor ({@link io.handoff.netty.token.ExpectedTokenPolicy#carried()}). After an attempt that may have brought the client to a
 * backend, there is no other. Nor is there one when the {@link HandoffPoolBuilder#timeout} is nearly over, or for a client that cannot
 * be handed off.
 *
 * <p><b>Failures.</b> A backend that keeps failing is left alone for a while, then tried with one handoff
 * ({@link HandoffPoolBuilder#maxFailures}). If there is no other, the handoff fails at once and leaves the client as it was.
 *
 * <p><b>Ownership, the socket, what cannot be handed off:</b> as {@link io.handoff.netty.broker.HandoffBroker} says.
 * {@link PoolOutcome#outcome()} tells who has the connection in the end.
 *
 * <p><b>Threading.</b> Every method may be called from any thread, but {@link #backends()} and {@link #backends(List)} look at
 * files. One instance serves all loops. Each handoff runs on the event loop of its client. A pool has no thread, and no descriptor of its
 * own.
 */
public final class HandoffPool implements AutoCloseable {

    /** Time that a busy backend is waited for, unless configured. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofMillis(500);

    /** Failures after which a backend is left alone, unless configured. */
    public static final int DEFAULT_MAX_FAILURES = 3;

    /** Time in which failures are counted, unless configured. */
    public static final Duration DEFAULT_FAILURE_WINDOW = Duration.ofSeconds(10);

    private final Members members;
    private final Duration timeout;
    private final HandoffBrokerMetrics metrics;
    private volatile boolean isClosed;

    HandoffPool(Members members, Duration timeout, HandoffBrokerMetrics metrics) {
        this.members = members;
        this.timeout = timeout;
        this.metrics = metrics;
    }

    /**
     * Starts to describe a pool of backends that are named.
     *
     * @param sockets the paths of their sockets, which need not exist yet; each at most 107 bytes long. May be empty
     * @return a builder with every setting at its default
     * @throws IllegalArgumentException if a path is longer, or not the same in UTF-8 and in the JVM's own encoding
     * @throws UnsupportedOperationException as {@link io.handoff.netty.broker.HandoffBroker#builder}
     */
    public static HandoffPoolBuilder ofSockets(List<Path> sockets) {
        return builder(SocketPaths.Named.of(sockets));
    }

    /**
     * Starts to describe a pool of the backends whose sockets are in a directory. Files that are no sockets are passed over, and so are
     * those whose name begins with a dot, or whose path is too long for a socket.
     *
     * @param directory the directory, which need not exist yet
     * @return a builder with every setting at its default
     * @throws UnsupportedOperationException as {@link io.handoff.netty.broker.HandoffBroker#builder}
     */
    public static HandoffPoolBuilder ofDirectory(Path directory) {
        return builder(new SocketPaths.In(directory));
    }

    private static HandoffPoolBuilder builder(SocketPaths paths) {
        NettyVersion.require("a handoff pool");
        NativeCode.require("a handoff pool");
        return new HandoffPoolBuilder(paths);
    }

    /**
     * Hands a client's connection to a backend, in an offer that belongs to no trace.
     *
     * @param client as in {@link io.handoff.netty.broker.HandoffBroker#handOff(Channel, Offer)}
     * @param serviceName the service that the client asked for
     * @param correlationId any number; it is the same in all attempts
     * @return completed as {@link io.handoff.netty.broker.HandoffBroker#handOff(Channel, Offer)} says: once, with success, a second
     *     after the timeout at the latest
     */
    public Future<PoolOutcome> handOff(Channel client, String serviceName, long correlationId) {
        return handOff(client, serviceName, correlationId, "", "");
    }

    /**
     * Hands a client's connection to a backend.
     *
     * @param client as in {@link #handOff(Channel, String, long)}
     * @param serviceName the service that the client asked for
     * @param correlationId any number; it is the same in all attempts
     * @param traceparent the W3C {@code traceparent} of each offer, or empty
     * @param tracestate the W3C {@code tracestate}, or empty
     * @return as in {@link #handOff(Channel, String, long)}
     */
    public Future<PoolOutcome> handOff(
            Channel client, String serviceName, long correlationId, String traceparent, String tracestate) {
        PoolRoute route = new PoolRoute(
                client,
                members,
                () -> isClosed,
                token -> Offer.of(token, serviceName, correlationId).tracedAs(traceparent, tracestate));
        return Handoff.start(client, route, timeout);
    }

    /**
     * Looks which backends are there.
     *
     * @return the paths of their sockets
     */
    public List<Path> backends() {
        return members.paths();
    }

    /**
     * Replaces the backends, or the directory, by those named. Handoffs that are under way go on where they are, and go on to the new
     * ones if they go on. A backend that was there before keeps its failures.
     *
     * @param sockets as in {@link #ofSockets}
     * @throws IllegalArgumentException as {@link #ofSockets}; then nothing has changed
     */
    public void backends(List<Path> sockets) {
        members.replace(SocketPaths.Named.of(sockets));
    }

    /**
     * Gives access to the counts of all attempts.
     *
     * @return the counts, by backend
     */
    public HandoffBrokerMetrics metrics() {
        return metrics;
    }

    /**
     * Ends the pool: from now on no attempt begins. Those under way go on to their outcome. It does not wait for them, and frees nothing,
     * so a pool that is not used any more need not be closed.
     */
    @Override
    public void close() {
        isClosed = true;
    }
}
