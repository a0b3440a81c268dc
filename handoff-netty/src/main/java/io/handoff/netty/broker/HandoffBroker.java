package io.handoff.netty.broker;

import io.handoff.netty.descriptor.NativeCode;
import io.handoff.netty.descriptor.NettyVersion;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.Offer;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The sending side: hands live client connections to one backend, over its handoff socket.
 *
 * <p><b>Order.</b> First the client's channel stops reading. Everything that was written to the client leaves. The channel
 * leaves its event loop. Then the broker connects to the backend. Only then the connection's descriptor is sent, with the token
 * and the offer. So at any moment at most one process reads or writes the connection. What the client sends meanwhile
 * stays in the socket for whoever reads next (WIRE §7).
 *
 * <p><b>Ownership.</b> {@link HandoffOutcome} says who has the connection in the end. During the handoff the channel
 * stays in the program's hands but holds still: what is written to it is kept, and is sent if the connection stays here
 * and fails if it does not. When the connection is gone its handlers get {@code channelInactive} and are removed, as
 * when a channel closes. A connection that stays here has its handlers as before, and {@code autoRead} as the program has
 * set it last, be it during the handoff; with {@code autoRead} off a {@code read()} of that time is asked for, and one in
 * any case unless {@code autoRead} has been on meanwhile, since an earlier one may have been pending.
 *
 * <p><b>The socket.</b> {@code O_NONBLOCK} belongs to the connection, not to one process's copy of it. It is cleared when the
 * connection is sent, for backends that use blocking reads. If the connection stays here, it is set as it was before. Nothing else
 * of the socket is changed.
 *
 * <p><b>What cannot be handed off.</b> A handler may hold bytes that were read already, or that were written and not passed on yet.
 * The backend would miss the first, and the second would get in among its own. So a pipeline with such a handler is refused. These
 * may hold bytes:
 *
 * <ul>
 *   <li>what was read: a {@code ByteToMessageDecoder}, so TLS and HTTP/2, too; a {@code ByteToMessageCodec}, a
 *       {@code CombinedChannelDuplexHandler}, a {@code MessageAggregator}, an {@code HttpContentDecoder}, a
 *       {@code FlowControlHandler}, an {@code ApplicationProtocolNegotiationHandler};
 *   <li>what was written: whatever has a {@code write} of its own, such as a {@code ChunkedWriteHandler} or traffic shaping,
 *       and every compressor. Not an encoder ({@code MessageToByteEncoder}, {@code MessageToMessageEncoder},
 *       {@code HttpObjectEncoder}), nor an {@code IdleStateHandler}, {@code WriteTimeoutHandler}, {@code LoggingHandler},
 *       {@code PcapWriteHandler} or {@code HttpServerKeepAliveHandler}, which pass on at once;
 *   <li>a handler with an executor of its own, whose tasks may be on their way.
 * </ul>
 *
 * <p>With a {@link BoundaryBuffer} before them, decoders and aggregators are accepted: what they hold is in that, too, as it was sent, and
 * travels along. TLS, HTTP/2 and decompressors are refused all the same, because what they hold goes back further than one message.
 *
 * <p>Remove these handlers first, or vouch for them ({@link HandoffBrokerBuilder#vouchFor}). A program's own handler that keeps what it
 * reads cannot be told from one that does not.
 *
 * <p><b>What travels with it.</b> Only the connection, unless the broker is set to {@link HandoffBrokerBuilder#carryState carry} more. Then an
 * offer may carry bytes that were read here and not served, and state ({@link Offer#carrying}).
 *
 * <p><b>The outcome</b> comes exactly once, a second after the {@link HandoffBrokerBuilder#timeout} at the latest. It comes whatever
 * is thrown meanwhile, and also if the client's event loop ends. If a listener of the future throws, Netty logs it.
 *
 * <p><b>Threading.</b> Every method may be called from any thread. One instance serves all loops. Each handoff runs on
 * the event loop of its client, which also connects to the backend. A broker does not have to be closed.
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

    private final Destination destination;
    private final Duration timeout;
    private final HandoffBrokerMetrics metrics = new HandoffBrokerMetrics();

    HandoffBroker(HandoffBrokerConfig config, Duration timeout) {
        this.destination = new Destination(config, metrics);
        this.timeout = timeout;
    }

    /**
     * Starts to describe a broker for one backend.
     *
     * @param backendSocket the backend's socket file, which need not exist yet; at most 107 bytes long
     * @return a builder with every setting at its default
     * @throws IllegalArgumentException if the path is longer, or not the same in UTF-8 and in the JVM's own encoding
     * @throws UnsupportedOperationException if Netty is older than 4.2, or its native code or JNA's cannot be loaded here; the
     *     message says why, and names what to set
     */
    public static HandoffBrokerBuilder builder(Path backendSocket) {
        NettyVersion.require("a handoff broker");
        NativeCode.require("a handoff broker");
        return new HandoffBrokerBuilder(backendSocket);
    }

    /**
     * Tells to whom connections go.
     *
     * @return the backend's socket file
     */
    public Path backendSocket() {
        return destination.backend();
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
     * @param offer what to offer, with a token that the backend expects; each token serves one handoff. What it carries is to be as
     *     of now: call this on the client's event loop then. If a {@link BoundaryBuffer} keeps the client's bytes, they are sent as its
     *     unread ones; it brings none itself then
     * @return completed on the client's event loop (on Netty's {@code GlobalEventExecutor} if the client has none that
     *     runs), always with success: what went wrong is in the {@link HandoffOutcome}. It cannot be cancelled
     * @throws IllegalArgumentException if the offer's token is not {@value HandoffToken#BYTES} bytes long
     */
    public Future<HandoffOutcome> handOff(Channel client, Offer offer) {
        if (offer.tokenLength() != HandoffToken.BYTES) {
            throw new IllegalArgumentException(
                    "the offer's token was " + offer.tokenLength() + " bytes; expected " + HandoffToken.BYTES);
        }
        return Handoff.start(client, new Direct(destination, offer), timeout);
    }

    /**
     * Gives access to the counts of this broker's handoffs.
     *
     * @return the counts, of one backend
     */
    public HandoffBrokerMetrics metrics() {
        return metrics;
    }

    /** To one backend, once. */
    private record Direct(Destination destination, Offer offer) implements HandoffRoute<HandoffOutcome> {

        @Override
        public @Nullable Leg next(@Nullable HandoffOutcome before) {
            return before == null ? new Leg(destination, offer) : null;
        }

        @Override
        public String whyNowhere() {
            return "there is always one";
        }

        @Override
        public HandoffOutcome told(HandoffOutcome outcome) {
            return outcome;
        }
    }
}
