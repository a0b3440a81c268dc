package io.handoff.netty.backend;

import io.handoff.netty.adoption.AdoptionTarget;
import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.answer.HandoffBackendPipeline;
import io.handoff.netty.answer.OfferAdmission;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.listening.SocketActivation;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.token.Bounds;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a server. Each is checked where it is set: a value that is not as it says there is an
 * {@link IllegalArgumentException}. A started server no longer sees changes.
 */
public final class HandoffServerBuilder {
    final Path path;

    @Nullable
    SocketActivation activation;

    @Nullable
    EventLoopGroup controlLoops;

    int maxConnections = HandoffServer.DEFAULT_MAX_CONNECTIONS;
    int maxFrameLength = HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH;
    int maxLargeFrameBytes = HandoffServer.DEFAULT_MAX_LARGE_FRAME_BYTES;
    int maxStateBytes;
    Duration offerTimeout = HandoffBackendPipeline.DEFAULT_OFFER_TIMEOUT;
    int maxPendingTokens; // Zero while it is not set.
    Duration tokenTimeToLive = HandoffTokenStore.DEFAULT_TIME_TO_LIVE;
    Set<HandoffToken> pendingTokens = Set.of();
    DescriptorPolicy descriptors = DescriptorPolicy.REQUIRED;

    @Nullable
    AdoptionTarget target;

    SocketCalls socketCalls = LibcSocketCalls.INSTANCE;
    ExpectedTokenPolicy expectedTokens = ExpectedTokenPolicy.pending();
    PeerPolicy peerPolicy = PeerPolicy.sameUserOrRoot();
    OfferAdmission admission = OfferAdmission.all();
    HandoffListener listener = new HandoffListener() {};

    HandoffServerBuilder(Path path) {
        this.path = path;
    }

    /**
     * Makes no socket, but takes the one that the service manager has opened at the path (systemd's socket activation,
     * sd_listen_fds(3)). Brokers can then connect before this process runs, and while it is replaced. The service manager
     * makes the socket file and decides about its mode and owner.
     *
     * @return this
     */
    public HandoffServerBuilder socketActivation() {
        return socketActivation(SocketActivation.ofThisProcess());
    }

    /** As if that had been passed to this process. */
    HandoffServerBuilder socketActivation(SocketActivation activation) {
        this.activation = activation;
        return this;
    }

    /**
     * Serves the handoff connections on event loops of the program, in turn. The program shuts these down itself. One of them
     * accepts and holds the tokens, so with a single loop no offer changes threads to be judged. It is fastest to give the same
     * group here and to {@link #adoptInto}. But handlers that block hold up the handoffs then.
     *
     * @param group loops that run an {@code EpollIoHandler}; default: one loop of the server's own
     * @return this
     */
    public HandoffServerBuilder controlLoops(EventLoopGroup group) {
        this.controlLoops = EpollLoops.check(group, "controlLoops");
        return this;
    }

    /**
     * Serves the adopted connections as Netty channels of the program, as a {@code ServerBootstrap} would have accepted them: each
     * is a {@code SocketChannel} or a {@code DomainSocketChannel} of the epoll transport, with the options of one (but for
     * {@code TCP_MD5SIG}, and for reading descriptors), and has the attribute {@link HandedOffConnection#KEY}.
     *
     * <p>The initializer runs before the broker is told of the acceptance. If it throws or closes the channel, or the channel's loop does not
     * get to it within half of the {@link #offerTimeout}, the offer is rejected. Only this copy of the connection is closed then, and nothing
     * has been done to the connection. Its handlers are told as Netty tells those of an accepted channel that its initializer has closed:
     * {@code channelInactive}, without a {@code channelActive} before. When the broker has been told, {@code channelActive}, what the client
     * has sent, and all else follow. Until then all that handlers do is held: reads, writes, shutdowns, closes, options of the socket.
     * They go to the loops of {@code workers} in turn. If these are the {@link #controlLoops}, too, each stays on its loop.
     *
     * @param workers the program's event loops, which it shuts down itself; they run an {@code EpollIoHandler}
     * @param initializer sharable, or a {@code ChannelInitializer}; as for {@code ServerBootstrap.childHandler}
     * @return this
     */
    public HandoffServerBuilder adoptInto(EventLoopGroup workers, ChannelHandler initializer) {
        this.target =
                AdoptionTarget.of(EpollLoops.check(workers, "workers"), AdoptionTarget.checkInitializer(initializer));
        return this;
    }

    /**
     * Serves the adopted connections like those that a listening channel of the program accepts, a framework's mostly: each is fired up
     * its pipeline, and has it for a parent. All else is as with the other {@code adoptInto}. While the channel's {@code autoRead} is
     * off, a connection waits for a good second at most. After that, and once the channel has closed, it is rejected.
     *
     * @param listener registered, and with an acceptor in its pipeline that registers each child at once, as that of a {@code
     *     ServerBootstrap}. Its children's loops run an {@code EpollIoHandler}. For TCP connections it is a {@code ServerSocketChannel}
     * @return this
     */
    public HandoffServerBuilder adoptInto(ServerChannel listener) {
        this.target = AdoptionTarget.of(listener);
        return this;
    }

    /**
     * Decides whether connections have to bring a descriptor.
     *
     * @param descriptors the policy; default {@link DescriptorPolicy#REQUIRED}
     * @return this
     */
    public HandoffServerBuilder descriptors(DescriptorPolicy descriptors) {
        this.descriptors = descriptors;
        return this;
    }

    /** Replaces the system calls, to let some of them fail. */
    HandoffServerBuilder socketCalls(SocketCalls calls) {
        socketCalls = calls;
        return this;
    }

    /**
     * Caps the connections open at once. A bounded reserve beyond is let in to be told so: its first offer is rejected. Beyond the
     * reserve (as many again, but 16 to 256) connections are closed before a byte of them is read.
     *
     * @param maxConnections at least 1; default {@value HandoffServer#DEFAULT_MAX_CONNECTIONS}
     * @return this
     */
    public HandoffServerBuilder maxConnections(int maxConnections) {
        this.maxConnections = Bounds.positive(maxConnections, "maxConnections");
        return this;
    }

    /**
     * Caps the body of a frame. The offer in a longer one is rejected if it came with a descriptor; else it is a wire error.
     *
     * @param maxFrameLength in bytes, 1 to {@value HandoffFrameDecoder#MAX_FRAME_LENGTH}; default
     *     {@value HandoffFrameDecoder#DEFAULT_MAX_FRAME_LENGTH}
     * @return this
     */
    public HandoffServerBuilder maxFrameLength(int maxFrameLength) {
        this.maxFrameLength = HandoffFrameDecoder.checkMaxFrameLength(maxFrameLength);
        return this;
    }

    /**
     * Caps what large frames take up at once over all connections, from their header until their ACK has left. Large ones have a body
     * of more than {@value HandoffFrameDecoder#DEFAULT_MAX_FRAME_LENGTH} bytes, so this matters only if {@link #maxFrameLength} allows
     * them. One more is treated as one that is too long. Small frames are not counted, and go on.
     *
     * @param maxLargeFrameBytes in bytes of frame bodies, at least {@link #maxFrameLength}; default
     *     {@value HandoffServer#DEFAULT_MAX_LARGE_FRAME_BYTES}
     * @return this
     */
    public HandoffServerBuilder maxLargeFrameBytes(int maxLargeFrameBytes) {
        this.maxLargeFrameBytes = Bounds.positive(maxLargeFrameBytes, "maxLargeFrameBytes");
        return this;
    }

    /**
     * Limits the time for one offer: from the start of the connection, or from the ACK before it, until its own ACK
     * has left. A connection that misses it is closed. Between two offers that is no error.
     *
     * @param offerTimeout more than zero; default 5 s
     * @return this
     */
    public HandoffServerBuilder offerTimeout(Duration offerTimeout) {
        this.offerTimeout = Bounds.positive(offerTimeout, "offerTimeout");
        return this;
    }

    /**
     * Lets bytes and state travel with a connection (WIRE §10), and caps them together. The bytes are what its channel reads first; the
     * state is in {@link HandedOffConnection}. An offer with more is rejected, and its token stays pending.
     *
     * @param maxStateBytes at least 1, and at most {@link #maxFrameLength}, of which the offer itself needs some; default 0: none is taken
     * @return this
     */
    public HandoffServerBuilder maxStateBytes(int maxStateBytes) {
        this.maxStateBytes = Bounds.positive(maxStateBytes, "maxStateBytes");
        return this;
    }

    /**
     * Caps the tokens pending at once. Issuing or registering one more fails. With {@link ExpectedTokenPolicy#carried} each
     * connection has one of them until its offer is judged.
     *
     * @param maxPendingTokens at least 1; default {@value HandoffTokenStore#DEFAULT_MAX_PENDING}, and with
     *     {@link ExpectedTokenPolicy#carried} at least {@link #maxConnections}
     * @return this
     */
    public HandoffServerBuilder maxPendingTokens(int maxPendingTokens) {
        this.maxPendingTokens = Bounds.positive(maxPendingTokens, "maxPendingTokens");
        return this;
    }

    /**
     * Limits how long a token stays pending.
     *
     * @param tokenTimeToLive more than zero; default 30 s
     * @return this
     */
    public HandoffServerBuilder tokenTimeToLive(Duration tokenTimeToLive) {
        this.tokenTimeToLive = Bounds.positive(tokenTimeToLive, "tokenTimeToLive");
        return this;
    }

    /**
     * Makes tokens pending from the start that were drawn elsewhere. Later ones go to {@link HandoffServer#tokens()}.
     *
     * @param pendingTokens the tokens; default: none
     * @return this
     */
    public HandoffServerBuilder pendingTokens(Collection<HandoffToken> pendingTokens) {
        this.pendingTokens = Set.copyOf(pendingTokens);
        return this;
    }

    /**
     * Decides which token an offer has to present.
     *
     * @param expectedTokens the policy; default {@link ExpectedTokenPolicy#pending()}
     * @return this
     */
    public HandoffServerBuilder expectedTokens(ExpectedTokenPolicy expectedTokens) {
        this.expectedTokens = expectedTokens;
        return this;
    }

    /**
     * Decides which processes may connect.
     *
     * @param peerPolicy default {@link PeerPolicy#sameUserOrRoot()}
     * @return this
     */
    public HandoffServerBuilder peerPolicy(PeerPolicy peerPolicy) {
        this.peerPolicy = peerPolicy;
        return this;
    }

    /**
     * Lets the program judge each offer, before the token is consumed.
     *
     * @param admission the admission; default {@link OfferAdmission#all()}
     * @return this
     */
    public HandoffServerBuilder admission(OfferAdmission admission) {
        this.admission = admission;
        return this;
    }

    /**
     * Lets the program watch what happens.
     *
     * @param listener the listener; default: none
     * @return this
     */
    public HandoffServerBuilder listener(HandoffListener listener) {
        this.listener = listener;
        return this;
    }

    /**
     * Makes the socket file and starts to accept.
     *
     * @return the running server. The future fails with an {@link IOException} that names the path and what is wrong with it: a file
     *     that is no socket, a socket at which another process listens, a directory that does not exist or may not be written, no
     *     such socket from the service manager. It fails with an {@link IllegalStateException} if the control loops are shut down
     * @throws IllegalArgumentException if there are more pending tokens than {@link #maxPendingTokens}, or if
     *     {@link #maxLargeFrameBytes} is less than {@link #maxFrameLength}, or {@link #maxStateBytes} more
     * @throws IllegalStateException if {@link #adoptInto} is not set, but descriptors are to be received
     */
    public Future<HandoffServer> start() {
        return HandoffServer.start(this);
    }
}
