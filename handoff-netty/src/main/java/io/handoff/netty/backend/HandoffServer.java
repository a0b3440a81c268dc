package io.handoff.netty.backend;

import io.handoff.netty.adoption.ConnectionAdopter;
import io.handoff.netty.descriptor.DescriptorCheck;
import io.handoff.netty.descriptor.DescriptorCounts;
import io.handoff.netty.descriptor.NativeCode;
import io.handoff.netty.descriptor.NettyVersion;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.listening.ListeningSocket;
import io.handoff.netty.listening.SocketActivation;
import io.handoff.netty.observe.ConnectionCounts;
import io.handoff.netty.observe.HandoffMetrics;
import io.handoff.netty.observe.Observers;
import io.handoff.netty.token.Bounds;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.wire.FrameBudget;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.ThreadExecutorMap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A backend's handoff socket: listens on a Unix-domain socket and answers the offers of brokers.
 *
 * <p><b>Threading.</b> Every method may be called from any thread. Connections are served on the control loops. One of these
 * accepts them and holds the pending tokens.
 *
 * <p><b>Ownership.</b> The server makes the socket file at the start, and removes it at the end if it is still its own. A socket that
 * was passed to this process stays. The server never shuts down event loops that the program passes in. Without any, it makes one
 * loop and ends it itself.
 */
public final class HandoffServer implements AutoCloseable {

    /** Connections open at once, unless configured. */
    public static final int DEFAULT_MAX_CONNECTIONS = 1024;

    /** What large frames may take up at once, unless configured: 64 MiB, four frames of the largest size. */
    public static final int DEFAULT_MAX_LARGE_FRAME_BYTES = 4 * HandoffFrameDecoder.MAX_FRAME_LENGTH;

    private final Path path;
    private final Duration offerTimeout;
    private final HandoffTokens tokens;
    private final HandoffMetrics metrics;
    final Acceptor acceptor;
    private final Shutdown shutdown;

    private HandoffServer(HandoffServerBuilder settings, ListeningSocket socket) {
        this.path = settings.path;
        this.offerTimeout = settings.offerTimeout;
        EventLoopGroup given = settings.controlLoops;
        EventLoopGroup loops = given == null ? newLoop() : given;
        // Accepts, and holds the tokens.
        EventLoop loop = loops.next();
        this.tokens =
                new HandoffTokens(new HandoffTokenStore(loop, maxPendingTokens(settings), settings.tokenTimeToLive));
        ConnectionCounts counts = new ConnectionCounts();
        DescriptorCounts descriptors = new DescriptorCounts();
        FrameBudget frameBudget = new FrameBudget(settings.maxLargeFrameBytes);
        Observers observers = new Observers(loop, settings.listener, counts, frameBudget, tokens.counts(), descriptors);
        this.metrics = observers.metrics();
        ControlConnections connections = new ControlConnections(settings.maxConnections, counts);
        // On the loop that accepts, and so before the first offer is judged there.
        settings.pendingTokens.forEach(tokens::register);
        ConnectionAdopter adopter = newAdopter(settings, socket, loops);
        ConnectionInitializer initializer =
                new ConnectionInitializer(settings, tokens, frameBudget, adopter, connections, observers);
        this.acceptor = new Acceptor(
                socket,
                loop,
                loops,
                observers,
                new ConnectionFilter(settings.peerPolicy, settings.offerTimeout, connections, observers),
                new DescriptorReceiver(settings, tokens, descriptors, connections, observers),
                initializer);
        this.shutdown =
                new Shutdown(socket, acceptor, connections, adopter, metrics::offersJudged, loop, loops, given == null);
    }

    /**
     * Starts to describe a server.
     *
     * @param path where its socket file will be; at most 107 bytes long
     * @return a builder with every setting at its default
     * @throws UnsupportedOperationException if Netty is older than 4.2, or its native code or JNA's cannot be loaded here; the
     *     message says why, and names what to set
     */
    public static HandoffServerBuilder builder(Path path) {
        NettyVersion.require("a handoff server");
        NativeCode.require("a handoff server");
        return new HandoffServerBuilder(path);
    }

    /** Reads the settings before it returns. */
    static Future<HandoffServer> start(HandoffServerBuilder settings) {
        Promise<HandoffServer> started = GlobalEventExecutor.INSTANCE.newPromise();
        EventLoopGroup given = settings.controlLoops;
        if (given != null && given.isShuttingDown()) {
            return started.setFailure(new IllegalStateException("controlLoops " + given + " are shut down"));
        }
        HandoffServer server;
        try {
            server = open(settings);
        } catch (IOException e) {
            return started.setFailure(e);
        }
        server.acceptor.registered().addListener(accepting -> {
            if (accepting.isSuccess()) {
                started.setSuccess(server);
            } else {
                server.shutdownGracefully(Duration.ZERO, server.offerTimeout);
                started.setFailure(accepting.cause());
            }
        });
        return started;
    }

    private static int maxPendingTokens(HandoffServerBuilder settings) {
        int least = settings.expectedTokens.isCarried() ? settings.maxConnections : 1;
        return settings.maxPendingTokens == 0
                ? Math.max(HandoffTokenStore.DEFAULT_MAX_PENDING, least)
                : settings.maxPendingTokens;
    }

    private static void check(HandoffServerBuilder settings) {
        if (settings.descriptors != DescriptorPolicy.NONE && settings.target == null) {
            throw new IllegalStateException("descriptors are " + settings.descriptors
                    + ": set adoptInto(...), or descriptors(DescriptorPolicy.NONE) for framed connections only");
        }
        if (settings.pendingTokens.size() > maxPendingTokens(settings)) {
            throw new IllegalArgumentException(settings.pendingTokens.size() + " pendingTokens; maxPendingTokens is "
                    + maxPendingTokens(settings));
        }
        if (settings.maxStateBytes > settings.maxFrameLength) {
            throw new IllegalArgumentException("maxStateBytes was " + settings.maxStateBytes
                    + "; expected at most maxFrameLength, which is " + settings.maxFrameLength);
        }
        if (settings.maxLargeFrameBytes < settings.maxFrameLength) {
            throw new IllegalArgumentException("maxLargeFrameBytes was " + settings.maxLargeFrameBytes
                    + "; expected at least maxFrameLength, which is " + settings.maxFrameLength);
        }
    }

    /** Makes the socket file and begins to accept, without having to wait on an event loop. */
    static HandoffServer open(HandoffServerBuilder settings) throws IOException {
        check(settings);
        ListeningSocket socket = listeningSocket(settings);
        try {
            return new HandoffServer(settings, socket);
        } catch (IllegalStateException e) {
            // An event loop of the server's own cannot be made: for want of descriptors, as a rule.
            socket.discard();
            throw new IOException("cannot listen on " + settings.path + ": " + e.getMessage(), e);
        }
    }

    private static ListeningSocket listeningSocket(HandoffServerBuilder settings) throws IOException {
        SocketActivation activation = settings.activation;
        return activation == null
                ? ListeningSocket.bind(settings.path, settings.socketCalls)
                : ListeningSocket.passed(settings.path, activation, settings.socketCalls);
    }

    private static EventLoopGroup newLoop() {
        return new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("handoff-control"), EpollIoHandler.newFactory());
    }

    private static @Nullable ConnectionAdopter newAdopter(
            HandoffServerBuilder settings, ListeningSocket socket, EventLoopGroup loops) {
        if (settings.target == null) {
            return null;
        }
        SocketCalls calls = settings.socketCalls;
        return new ConnectionAdopter(
                calls,
                new DescriptorCheck(calls, socket.identity()),
                loops,
                settings.target,
                settings.maxStateBytes,
                settings.offerTimeout);
    }

    /**
     * Tells where the server listens.
     *
     * @return the path of its socket file
     */
    public Path path() {
        return path;
    }

    /**
     * Gives access to the pending tokens, to issue and register some.
     *
     * @return the tokens of this server
     */
    public HandoffTokens tokens() {
        return tokens;
    }

    /**
     * Gives access to the counts of what has happened here.
     *
     * @return the metrics of this server
     */
    public HandoffMetrics metrics() {
        return metrics;
    }

    /**
     * Tells whether a broker that connects now is accepted, for health checks. That is so from the start until the server begins to
     * close, except in the second after each {@link #lastAcceptFailure}.
     *
     * @return whether it is
     */
    public boolean isAccepting() {
        return acceptor.isAccepting() && !shutdown.hasBegun();
    }

    /**
     * Tells why accept(2) failed most recently: mostly because no descriptor was left. Waiting connections are tried again
     * after a second.
     *
     * @return the failure; empty if there has been none since the start
     */
    public Optional<IOException> lastAcceptFailure() {
        return Optional.ofNullable(acceptor.lastFailure());
    }

    /**
     * Closes the server and loses nobody. The socket file is removed, and the server goes on until no offer has been judged for the
     * quiet period. Then nobody else can connect; everybody who has is accepted, the offer that has begun to arrive on each
     * connection (or the first one, where none has yet) is answered, and the connection is closed. A socket that was passed to this
     * process stays where it is: who connects there waits for the next who takes it.
     *
     * <p>Connections that were adopted are the program's, and stay open. Before it ends the event loops that they live on, a program
     * waits for this and then for its own channels: a loop that is told to end without a quiet period may leave channels open.
     *
     * @param quietPeriod how long no offer may have been judged before connections are closed; zero for not at all. That of the
     *     first call counts
     * @param timeout how long to wait for all of it; what is open then is closed at once. Of several calls the first timeout that
     *     is over counts
     * @return completed, always with success and on Netty's {@code GlobalEventExecutor}, when everything is closed, every connection
     *     that was adopted has seen {@code channelActive}, and the server's own event loop, if it has one, has ended; at the latest when
     *     the timeout is over. The same future for every call
     * @throws IllegalArgumentException if the quiet period is negative, or the timeout zero, negative, or shorter than the
     *     quiet period
     */
    public Future<Void> shutdownGracefully(Duration quietPeriod, Duration timeout) {
        Bounds.positive(timeout, "timeout");
        if (quietPeriod.isNegative() || quietPeriod.compareTo(timeout) > 0) {
            throw new IllegalArgumentException(
                    "quietPeriod was " + quietPeriod + "; expected zero to the timeout, which is " + timeout);
        }
        return shutdown.by(quietPeriod, timeout);
    }

    /**
     * Closes as {@link #shutdownGracefully} does, without a quiet period and with the time for one offer as timeout, and waits for
     * it. Called on an event loop, be it of the server, of the program or of Netty, it does not wait.
     */
    @Override
    public void close() {
        Future<Void> closed = shutdownGracefully(Duration.ZERO, offerTimeout);
        if (ThreadExecutorMap.currentExecutor() == null) {
            closed.awaitUninterruptibly();
        }
    }
}
