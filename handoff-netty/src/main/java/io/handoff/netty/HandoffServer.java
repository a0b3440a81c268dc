package io.handoff.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A backend's handoff socket: listens on a Unix-domain socket and answers the offers of brokers.
 *
 * <p><b>Threading.</b> Every method may be called from any thread. Connections are served on the control loops; the
 * pending tokens live on one of these, the same that accepts.
 *
 * <p><b>Ownership.</b> The socket file is made at the start and removed at the end, if it is still ours; one that was passed
 * to this process stays. Event loops
 * that the program passes in are never shut down here; without any, the server makes one loop and ends it itself.
 */
public final class HandoffServer implements AutoCloseable {

    /** Connections open at once, unless configured. */
    public static final int DEFAULT_MAX_CONNECTIONS = 1024;

    /** What large frames may take up at once, unless configured: 64 MiB, four frames of the largest size. */
    public static final int DEFAULT_MAX_LARGE_FRAME_BYTES = 4 * HandoffFrameDecoder.MAX_FRAME_LENGTH;

    /** Read at once from a connection that has not shown yet that it sends more: some 8 offers. */
    private static final int FIRST_READ_BYTES = 512;

    /** Read at most from one connection before the others have their turn: some 130 offers. */
    private static final int READ_BYTES = 8 * 1024;

    /** ACKs that wait for room in the socket's buffer before nothing more is read from the peer: some 150. */
    private static final int UNREAD_ACK_BYTES = 8 * 1024;

    private final HandoffServerConfig config;
    private final ListeningSocket socket;
    private final EventLoopGroup loops;

    /** Accepts, and holds the tokens. */
    private final EventLoop loop;

    private final HandoffTokens tokens;
    private final ControlConnections connections;
    private final FrameBudget frameBudget;
    private final DescriptorCounts descriptors = new DescriptorCounts();
    private final Map<EventLoop, ReadTurns> readTurns = new ConcurrentHashMap<>();
    private final HandoffMetrics metrics;
    private final ProgramFailureLog failures;
    private final EventRecorder events = new EventRecorder();
    private final HandoffListener listener;
    private final AcceptFailureHandler acceptFailures;
    private final @Nullable ConnectionAdopter adopter;
    private final ChannelFuture accepting;
    private final AtomicBoolean closing = new AtomicBoolean();

    /** Not on a loop of the server, which may end before this completes. */
    private final Promise<Void> closed = GlobalEventExecutor.INSTANCE.newPromise();

    private HandoffServer(HandoffServerConfig config, ListeningSocket socket, EventLoopGroup loops) {
        this.config = config;
        this.socket = socket;
        this.loops = loops;
        this.loop = loops.next();
        this.tokens =
                new HandoffTokens(new HandoffTokenStore(loop, config.maxPendingTokens(), config.tokenTimeToLive()));
        this.connections = new ControlConnections(config.maxConnections(), loop);
        this.adopter = newAdopter();
        this.frameBudget = new FrameBudget(config.maxLargeFrameBytes());
        this.metrics = new HandoffMetrics(connections, frameBudget, tokens.counts(), descriptors);
        this.failures = new ProgramFailureLog(loop);
        this.listener = new ListenerChain(failures, metrics, new PeerLog(loop), events, config.listener());
        this.acceptFailures = new AcceptFailureHandler(listener);
        // On the loop that accepts, and so before the first offer is judged there.
        config.pendingTokens().forEach(tokens::register);
        this.accepting = accept();
    }

    /**
     * Starts to describe a server.
     *
     * @param path where its socket file will be; at most 107 bytes long
     * @return a builder with every setting at its default
     * @throws UnsupportedOperationException if Netty's native epoll transport cannot be used here; its cause says why
     */
    public static Builder builder(Path path) {
        if (!Epoll.isAvailable()) {
            Throwable why = Epoll.unavailabilityCause();
            throw new UnsupportedOperationException(
                    "a handoff server needs Netty's native epoll transport, which is not available here: " + why, why);
        }
        return new Builder(path);
    }

    private static Future<HandoffServer> start(HandoffServerConfig config) {
        Promise<HandoffServer> started = GlobalEventExecutor.INSTANCE.newPromise();
        EventLoopGroup given = config.controlLoops();
        if (given != null && given.isShuttingDown()) {
            return started.setFailure(new IllegalStateException("controlLoops " + given + " are shut down"));
        }
        ListeningSocket socket;
        try {
            socket = listeningSocket(config);
        } catch (IOException e) {
            return started.setFailure(e);
        }
        EventLoopGroup loops = given != null ? given : newLoop();
        HandoffServer server = new HandoffServer(config, socket, loops);
        server.accepting.addListener(accepting -> {
            if (accepting.isSuccess()) {
                started.setSuccess(server);
            } else {
                server.end();
                started.setFailure(accepting.cause());
            }
        });
        return started;
    }

    private static ListeningSocket listeningSocket(HandoffServerConfig config) throws IOException {
        SocketActivation activation = config.activation();
        return activation == null
                ? ListeningSocket.bind(config.path(), config.socketCalls())
                : ListeningSocket.passed(config.path(), activation, config.socketCalls());
    }

    private static EventLoopGroup newLoop() {
        return new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("handoff-control"), EpollIoHandler.newFactory());
    }

    private ChannelFuture accept() {
        ChannelFuture registered = new ServerBootstrap()
                .group(loop, loops)
                .channelFactory(socket::toChannel)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel acceptor) {
                        acceptor.pipeline()
                                .addLast(new ConnectionGate(config.peerPolicy(), connections, failures, listener))
                                .addLast(new DescriptorReceiver(
                                        config.socketCalls(), config, tokens, descriptors, connections, listener))
                                .addLast(acceptFailures);
                    }
                })
                // A peer that has sent its offer and shut its writing side still waits for its ACK.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                // However much a peer sends, the others have their turn.
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(FIRST_READ_BYTES, FIRST_READ_BYTES, READ_BYTES)
                                .maxMessagesPerRead(1))
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(UNREAD_ACK_BYTES / 2, UNREAD_ACK_BYTES))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        serve(connection);
                    }
                })
                .register();
        registered.channel().closeFuture().addListener(closed -> socket.removeFile());
        return registered;
    }

    private void serve(Channel connection) {
        Arrival arrival = connection.attr(Arrival.KEY).get();
        Duration elapsed = Duration.ofNanos(connection.eventLoop().ticker().nanoTime() - arrival.atNanos());
        HandoffOfferHandler offers = new HandoffOfferHandler(
                tokens,
                config.expectedTokens(),
                config.admission(),
                arrival.peer(),
                failures,
                arrival.carried(),
                adopter);
        HandoffFrameDecoder frames = new HandoffFrameDecoder(config.maxFrameLength(), frameBudget);
        ReadTurns turns = readTurns.computeIfAbsent(connection.eventLoop(), loop -> new ReadTurns());
        HandoffPipeline.addBackend(connection.pipeline(), frames, turns, config.offerTimeout(), elapsed, offers)
                .addLast(new ControlConnectionHandler(arrival, metrics, events, listener));
        if (arrival.carried() == null) {
            connection.pipeline().addFirst(new UnreadAckLimit());
        }
        connections.serve(connection);
        if (arrival.firstBytes().length > 0) {
            connection.pipeline().fireChannelRead(Unpooled.wrappedBuffer(arrival.firstBytes()));
            connection.pipeline().fireChannelReadComplete();
        }
    }

    private @Nullable ConnectionAdopter newAdopter() {
        if (config.workers() == null || config.initializer() == null) {
            return null;
        }
        SocketCalls calls = config.socketCalls();
        return new ConnectionAdopter(
                calls, new DescriptorCheck(calls, socket.path()), config.workers(), config.initializer());
    }

    /**
     * Tells where the server listens.
     *
     * @return the path of its socket file
     */
    public Path path() {
        return config.path();
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
     * Tells whether a broker that connects now is accepted: from the start until the server begins to close, but for the
     * second after each {@link #lastAcceptFailure}. For health checks.
     *
     * @return whether it is
     */
    public boolean isAccepting() {
        Channel acceptor = accepting.channel();
        return acceptor.isActive() && acceptor.config().isAutoRead() && !closing.get();
    }

    /**
     * Tells why accept(2) failed most recently: for want of descriptors, as a rule. The connections that wait are tried
     * again after a second.
     *
     * @return the failure; empty if there has been none since the start
     */
    public Optional<IOException> lastAcceptFailure() {
        return Optional.ofNullable(acceptFailures.lastFailure());
    }

    /**
     * Closes the server without breaking off what it is about: removes the socket file, so that nobody else connects,
     * serves on until no offer has been answered for the quiet period, then lets each connection answer the offer that
     * has begun to arrive (or the first one, where none has yet), and closes it. A socket that was passed to this process
     * stays where it is, and what connects waits for the next who takes it.
     *
     * @param quietPeriod how long no offer may have been answered before connections are closed; zero for not at all
     * @param timeout how long to wait for all of it; what is open then is closed at once
     * @return completed when everything is closed, and the server's own event loop, if it has one, has ended; the same
     *     future for every call
     * @throws IllegalArgumentException if the quiet period is negative, or the timeout zero, negative, or shorter than the
     *     quiet period
     */
    public Future<Void> shutdownGracefully(Duration quietPeriod, Duration timeout) {
        Bounds.positive(timeout, "timeout");
        if (quietPeriod.isNegative() || quietPeriod.compareTo(timeout) > 0) {
            throw new IllegalArgumentException(
                    "quietPeriod was " + quietPeriod + "; expected zero to the timeout, which is " + timeout);
        }
        if (closing.compareAndSet(false, true)) {
            // First the file: its inode number cannot be another's while the socket is open.
            socket.removeFile();
            if (!loop.isShuttingDown()) {
                drain(quietPeriod, timeout);
            }
            // A loop that the program shuts down closes its channels itself, and tells nobody afterwards.
            loop.terminationFuture().addListener(terminated -> end());
        }
        return closed;
    }

    private void drain(Duration quietPeriod, Duration timeout) {
        if (socket.isPassed()) {
            // What connects from now on waits for the next who takes the socket.
            accepting.channel().config().setAutoRead(false);
        }
        if (quietPeriod.isZero()) {
            drain(timeout);
        } else {
            long startNanos = loop.ticker().nanoTime();
            QuietPeriod.await(loop, metrics::offersJudged, quietPeriod, timeout)
                    .addListener(quiet -> drain(timeout.minusNanos(loop.ticker().nanoTime() - startNanos)));
        }
    }

    private void drain(Duration timeout) {
        // What has connected before is still accepted; nobody else can find the socket.
        connections.drain(timeout, accepting.channel()).addListener(drained -> end());
    }

    private void end() {
        if (config.controlLoops() == null) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).addListener(ended -> closed.trySuccess(null));
        } else {
            closed.trySuccess(null);
        }
    }

    /**
     * Closes as {@link #shutdownGracefully} does, without a quiet period and with the time for one offer as timeout, and waits for it. Called on an
     * event loop of the server, which must not wait, it only begins.
     */
    @Override
    public void close() {
        Future<Void> closing = shutdownGracefully(Duration.ZERO, config.offerTimeout());
        boolean onLoop = StreamSupport.stream(loops.spliterator(), false).anyMatch(EventExecutor::inEventLoop);
        if (!onLoop) {
            closing.syncUninterruptibly();
        }
    }

    /** The settings of a server. Each is checked where it is set; a started server no longer sees changes. */
    public static final class Builder {
        private final Path path;
        private @Nullable SocketActivation activation;
        private @Nullable EventLoopGroup controlLoops;
        private int maxConnections = DEFAULT_MAX_CONNECTIONS;
        private int maxFrameLength = HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH;
        private int maxLargeFrameBytes = DEFAULT_MAX_LARGE_FRAME_BYTES;
        private Duration offerTimeout = HandoffPipeline.DEFAULT_OFFER_TIMEOUT;
        private int maxPendingTokens = HandoffTokenStore.DEFAULT_MAX_PENDING;
        private Duration tokenTimeToLive = HandoffTokenStore.DEFAULT_TIME_TO_LIVE;
        private Set<HandoffToken> pendingTokens = Set.of();
        private DescriptorPolicy descriptors = DescriptorPolicy.REQUIRED;
        private @Nullable EventLoopGroup workers;
        private @Nullable ChannelHandler initializer;
        private SocketCalls socketCalls = LibcSocketCalls.INSTANCE;
        private ExpectedTokenPolicy expectedTokens = ExpectedTokenPolicy.pending();
        private PeerPolicy peerPolicy = PeerPolicy.sameUserOrRoot();
        private OfferAdmission admission = OfferAdmission.all();
        private HandoffListener listener = new HandoffListener() {};

        private Builder(Path path) {
            this.path = path;
        }

        /**
         * Takes the socket that listens at the path from the service manager, which has opened it (systemd's socket
         * activation, sd_listen_fds(3)), rather than make one. Brokers can connect before this process runs, and while it
         * is replaced. The socket file, its mode and its owner are the service manager's.
         *
         * @return this
         */
        public Builder socketActivation() {
            return socketActivation(SocketActivation.ofThisProcess());
        }

        /** As if that had been passed to this process. */
        Builder socketActivation(SocketActivation activation) {
            this.activation = activation;
            return this;
        }

        /**
         * Serves the handoff connections on event loops of the program, which stay the program's to shut down. One loop
         * of them accepts and holds the tokens; with a single loop, {@code group.next()} say, no offer ever hops.
         *
         * <p>The fastest is the same group here and in {@link #adoptInto}: a connection is then adopted on the event loop of
         * the handoff connection that brought it, and no thread has to wake another. But handlers of the program that
         * block, or compute for long, then hold up the handoffs, too.
         *
         * @param group loops that run an {@code EpollIoHandler}; default: one loop of the server's own
         * @return this
         * @throws IllegalArgumentException if they run anything else
         */
        public Builder controlLoops(EventLoopGroup group) {
            this.controlLoops = checkEpoll(group, "controlLoops");
            return this;
        }

        private static EventLoopGroup checkEpoll(EventLoopGroup group, String name) {
            if (!(group.next() instanceof IoEventLoop loop) || !loop.isCompatible(EpollIoHandle.class)) {
                throw new IllegalArgumentException(
                        name + " was " + group + "; expected loops that run an EpollIoHandler");
            }
            return group;
        }

        /**
         * Serves the adopted connections as Netty channels of the program: {@code EpollSocketChannel}s and
         * {@code EpollDomainSocketChannel}s, as a {@code ServerBootstrap} would have accepted them. Each has the attribute
         * {@link HandedOffConnection#KEY}.
         *
         * <p>The initializer runs before the broker is told of the acceptance. If it throws, the offer is rejected and the
         * connection closed here untouched. {@code channelActive}, what the client has sent, and everything else follow
         * once the broker has been told; what handlers write before is held back until then.
         *
         * @param workers the program's event loops, which stay its own to shut down; they run an {@code EpollIoHandler}
         * @param initializer sharable, or a {@code ChannelInitializer}; as for {@code ServerBootstrap.childHandler}
         * @return this
         * @throws IllegalArgumentException if the loops run anything else
         */
        public Builder adoptInto(EventLoopGroup workers, ChannelHandler initializer) {
            this.workers = checkEpoll(workers, "workers");
            this.initializer = initializer;
            return this;
        }

        /**
         * Decides whether connections have to bring a descriptor.
         *
         * @param descriptors the policy; default {@link DescriptorPolicy#REQUIRED}
         * @return this
         */
        public Builder descriptors(DescriptorPolicy descriptors) {
            this.descriptors = descriptors;
            return this;
        }

        /** Replaces the system calls, to let some of them fail. */
        Builder socketCalls(SocketCalls socketCalls) {
            this.socketCalls = socketCalls;
            return this;
        }

        /**
         * Caps the connections open at once; those beyond are accepted, closed at once, and counted.
         *
         * @param maxConnections at least 1; default {@value HandoffServer#DEFAULT_MAX_CONNECTIONS}
         * @return this
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder maxConnections(int maxConnections) {
            this.maxConnections = Bounds.positive(maxConnections, "maxConnections");
            return this;
        }

        /**
         * Caps the body of a frame; a longer one is a wire error.
         *
         * @param maxFrameLength in bytes, 1 to {@value HandoffFrameDecoder#MAX_FRAME_LENGTH}; default
         *     {@value HandoffFrameDecoder#DEFAULT_MAX_FRAME_LENGTH}
         * @return this
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder maxFrameLength(int maxFrameLength) {
            this.maxFrameLength = HandoffFrameDecoder.checkMaxFrameLength(maxFrameLength);
            return this;
        }

        /**
         * Caps what large frames, those with a body of more than {@value HandoffFrameDecoder#DEFAULT_MAX_FRAME_LENGTH} bytes,
         * take up at once over all connections, from their header until their ACK has left; one more is a wire error, which
         * is judged on its header. Small frames are not counted, and go on. Of effect only where {@link #maxFrameLength}
         * allows large ones.
         *
         * @param maxLargeFrameBytes in bytes of frame bodies, at least {@link #maxFrameLength}; default
         *     {@value HandoffServer#DEFAULT_MAX_LARGE_FRAME_BYTES}
         * @return this
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder maxLargeFrameBytes(int maxLargeFrameBytes) {
            this.maxLargeFrameBytes = Bounds.positive(maxLargeFrameBytes, "maxLargeFrameBytes");
            return this;
        }

        /**
         * Limits the time for one offer: from the start of the connection, or from the ACK before it, until its own ACK
         * has left. A connection that misses it is closed; for one that stands between two offers that is no error.
         *
         * @param offerTimeout more than zero; default 5 s
         * @return this
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder offerTimeout(Duration offerTimeout) {
            this.offerTimeout = Bounds.positive(offerTimeout, "offerTimeout");
            return this;
        }

        /**
         * Caps the tokens pending at once; issuing or registering one more fails.
         *
         * @param maxPendingTokens at least 1; default {@value HandoffTokenStore#DEFAULT_MAX_PENDING}
         * @return this
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder maxPendingTokens(int maxPendingTokens) {
            this.maxPendingTokens = Bounds.positive(maxPendingTokens, "maxPendingTokens");
            return this;
        }

        /**
         * Limits how long a token stays pending.
         *
         * @param tokenTimeToLive more than zero; default 30 s
         * @return this
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder tokenTimeToLive(Duration tokenTimeToLive) {
            this.tokenTimeToLive = Bounds.positive(tokenTimeToLive, "tokenTimeToLive");
            return this;
        }

        /**
         * Makes tokens pending from the start that were drawn elsewhere, and came here through the environment, say: the
         * first offer can be judged by them. Later ones go to {@link HandoffServer#tokens()}.
         *
         * @param pendingTokens the tokens; default: none
         * @return this
         */
        public Builder pendingTokens(Collection<HandoffToken> pendingTokens) {
            this.pendingTokens = Set.copyOf(pendingTokens);
            return this;
        }

        /**
         * Decides which token an offer has to present.
         *
         * @param expectedTokens the policy; default {@link ExpectedTokenPolicy#pending()}
         * @return this
         */
        public Builder expectedTokens(ExpectedTokenPolicy expectedTokens) {
            this.expectedTokens = expectedTokens;
            return this;
        }

        /**
         * Decides which processes may connect.
         *
         * @param peerPolicy the policy; default {@link PeerPolicy#sameUserOrRoot()}
         * @return this
         */
        public Builder peerPolicy(PeerPolicy peerPolicy) {
            this.peerPolicy = peerPolicy;
            return this;
        }

        /**
         * Gives the program its own say on each offer, before the token is consumed.
         *
         * @param admission the admission; default {@link OfferAdmission#all()}
         * @return this
         */
        public Builder admission(OfferAdmission admission) {
            this.admission = admission;
            return this;
        }

        /**
         * Lets the program watch what happens.
         *
         * @param listener the listener; default: none
         * @return this
         */
        public Builder listener(HandoffListener listener) {
            this.listener = listener;
            return this;
        }

        /**
         * Makes the socket file and starts to accept.
         *
         * @return the running server, or an {@link IOException} that names the path and what is wrong with it: a file
         *     that is no socket, a socket at which another process listens, a directory that does not exist or may not
         *     be written, no such socket among those that the service manager has passed; an {@link IllegalStateException} if the control loops are shut down
         * @throws IllegalArgumentException if there are more pending tokens than may be, or a frame of the largest length
         *     would take up more than large ones may
         * @throws IllegalStateException if descriptors are to be received, but not where to adopt them into is set
         */
        public Future<HandoffServer> start() {
            if (descriptors != DescriptorPolicy.NONE && workers == null) {
                throw new IllegalStateException("descriptors are " + descriptors
                        + ": set adoptInto(...), or descriptors(DescriptorPolicy.NONE) for framed connections only");
            }
            if (pendingTokens.size() > maxPendingTokens) {
                throw new IllegalArgumentException(
                        pendingTokens.size() + " pendingTokens; maxPendingTokens is " + maxPendingTokens);
            }
            if (maxLargeFrameBytes < maxFrameLength) {
                throw new IllegalArgumentException("maxLargeFrameBytes was " + maxLargeFrameBytes
                        + "; expected at least maxFrameLength, which is " + maxFrameLength);
            }
            return HandoffServer.start(new HandoffServerConfig(
                    path,
                    activation,
                    controlLoops,
                    maxConnections,
                    maxFrameLength,
                    maxLargeFrameBytes,
                    offerTimeout,
                    maxPendingTokens,
                    tokenTimeToLive,
                    pendingTokens,
                    expectedTokens,
                    descriptors,
                    workers,
                    initializer,
                    socketCalls,
                    peerPolicy,
                    admission,
                    listener));
        }
    }
}
