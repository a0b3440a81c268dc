package io.handoff.netty.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.Warns;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.wire.Offer;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.testkit.BackendScript;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.HandoffFrames;
import io.handoff.testkit.ScriptedBackend;
import io.handoff.testkit.TestBroker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that lets bytes and state travel with a connection (WIRE §10), and backends that take them or do not. */
class CarryingIT extends BrokerFixture {

    private static final Offer OFFER = Offer.of(TOKEN, "zccache", ID);

    private interface Taken {
        long of(HandoffOffer offer);
    }

    private static BackendScript accepting(Taken taken) {
        return broker -> {
            HandoffOffer offer = broker.handoff().offer();
            broker.send(HandoffFrames.ack(HandoffFrames.ackIn(HandoffFrames.accepting(offer)).toBuilder()
                    .setTaken(taken.of(offer))
                    .build()));
        };
    }

    private static long all(HandoffOffer offer) {
        return (long) offer.getUnread().size() + offer.getState().size();
    }

    @Test
    void shouldSendWhatTravelsAndBelieveABackendThatHasTakenIt() throws Exception {
        ScriptedBackend backend = backend(accepting(CarryingIT::all));
        Served served = serve();
        HandoffBroker broker = builder().carryState(true).build();

        HandoffOutcome outcome = get(broker.handOff(served.channel(), OFFER.carrying(ascii("unread"), ascii("state"))));

        assertThat(outcome).isEqualTo(new Accepted());
        HandoffOffer received = backend.takeHandoff().offer();
        assertThat(received.getUnread().toStringUtf8()).isEqualTo("unread");
        assertThat(received.getState().toStringUtf8()).isEqualTo("state");
        assertThat(broker.metrics().accepted(socketPath())).isEqualTo(1);
    }

    @Test
    void shouldSendAnOfferOfV1WhereNothingTravels() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();

        assertThat(get(builder().carryState(true).build().handOff(served.channel(), OFFER)))
                .isEqualTo(new Accepted());

        assertThat(backend.takeHandoff().frame()).isEqualTo(HandoffFrames.offer(TOKEN.toBytes(), "zccache", ID));
    }

    @Test
    void shouldLeaveAConnectionAloneWhoseStateItIsNotSetToCarry() throws Exception {
        backend(ACCEPT);
        Served served = serve();

        Failed failed = getFailed(broker().handOff(served.channel(), OFFER.carrying(ascii("unread"), ascii("state"))));

        assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed.cause())
                .hasMessage(
                        "11 bytes are to travel with the client's connection; expected none, as carryState is not set");
        assertGoesOn(served, failed);
    }

    /** A backend of v1 skips the fields and says nothing of them; one that says anything else is as wrong. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 10, 12, -1})
    @Warns("what travelled with a connection is lost")
    void shouldTellOfALossWhenABackendAcceptsWithoutWhatTravels(long taken) throws Exception {
        ScriptedBackend backend = backend(accepting(offer -> taken));
        Served served = serve();
        HandoffBroker broker = builder().carryState(true).maxFailures(1).build();

        Failed failed = getFailed(broker.handOff(served.channel(), OFFER.carrying(ascii("unread"), ascii("state"))));

        assertThat(failed.stage()).isEqualTo(Stage.STATE_LOST);
        assertThat(failed.connectionUsable()).isFalse();
        assertThat(failed.cause())
                .hasMessage("the backend accepted the connection and took " + Long.toUnsignedString(taken)
                        + " bytes that travelled with it; expected 11");
        assertThat(broker.metrics().failed(socketPath(), Stage.STATE_LOST, false))
                .isEqualTo(1);
        assertThat(served.channel().isOpen()).isFalse();
        backend.takeHandoff().client().send("hello");
        assertThat(served.client().receiveText(5)).as("served there").isEqualTo("hello");
        assertThat(getFailed(handOff(broker, serve())).stage())
                .as("a failure of the backend's")
                .isEqualTo(Stage.SUPPRESSED);
    }

    @Test
    void shouldServeAConnectionAgainWhoseStateABackendRejects() throws Exception {
        backend(BackendScript.reject("handoff state is not accepted here"));
        Served served = serve();
        HandoffBroker broker = builder().carryState(true).build();

        HandoffOutcome outcome = get(broker.handOff(served.channel(), OFFER.carrying(ascii("unread"), ascii("state"))));

        assertThat(outcome).isEqualTo(new Rejected("handoff state is not accepted here"));
        assertServedAsBefore(served);
    }

    @Test
    void shouldLeaveAConnectionAloneWhenMoreTravelsThanAFrameHolds() throws Exception {
        Served served = serve();
        HandoffBroker broker = builder().carryState(true).build();

        Failed failed = getFailed(broker.handOff(served.channel(), OFFER.carrying(new byte[16 << 20], ascii(""))));

        assertThat(failed.stage()).isEqualTo(Stage.OFFER_TOO_LARGE);
        assertGoesOn(served, failed);
    }

    @Test
    void shouldCarryCopiesAndTellOfNone() {
        byte[] unread = ascii("unread");
        byte[] state = ascii("secret");
        Offer offer = OFFER.carrying(unread, state).tracedAs("trace", "");
        unread[0] = 0;
        state[0] = 0;
        offer.unread()[1] = 0;
        offer.state()[1] = 0;

        assertThat(offer.unread()).isEqualTo(ascii("unread"));
        assertThat(offer.state()).isEqualTo(ascii("secret"));
        assertThat(offer.carriedBytes()).isEqualTo(12);
        assertThat(offer).asString().doesNotContain("unread", "secret");
    }

    // What has come with a connection, and is handed on

    @Test
    void shouldHandOnWhatHasNotBeenReadYet() throws Exception {
        try (Waiting waiting = new Waiting()) {
            Channel channel = waiting.adopt("first", "of the socket");
            ScriptedBackend next =
                    opened(ScriptedBackend.start(directory.resolve("next.sock"), accepting(CarryingIT::all)));

            HandoffOutcome outcome = get(HandoffBroker.builder(next.path())
                    .carryState(true)
                    .build()
                    .handOff(channel, OFFER.carrying(ascii(""), ascii("state"))));

            assertThat(outcome).isEqualTo(new Accepted());
            assertThat(next.takeHandoff().offer().getUnread().toStringUtf8()).isEqualTo("first");
            assertThat(next.handoffCount()).isEqualTo(1);
            assertThat(waiting.read).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStillReadItFirstWhenTheConnectionStays(boolean carryState) throws Exception {
        try (Waiting waiting = new Waiting()) {
            Channel channel = waiting.adopt("first", "of the socket");
            ScriptedBackend next = opened(ScriptedBackend.start(directory.resolve("next.sock"), REJECT));

            HandoffOutcome outcome = get(HandoffBroker.builder(next.path())
                    .carryState(carryState)
                    .build()
                    .handOff(channel, OFFER));

            assertThat(outcome).isInstanceOf(carryState ? Rejected.class : Failed.class);
            channel.read();
            assertThat(waiting.read()).isEqualTo("first");
            channel.read();
            assertThat(waiting.read()).isEqualTo("of the socket");
        }
    }

    /** A backend that takes connections and reads nothing of them until it is asked to. */
    private final class Waiting implements AutoCloseable {
        private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        private final BlockingQueue<Channel> adopted = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> read = new LinkedBlockingQueue<>();
        private @Nullable Channel channel;
        private final HandoffServer server;

        Waiting() throws Exception {
            server = HandoffServer.builder(socketPath())
                    .expectedTokens(ExpectedTokenPolicy.carried())
                    .maxStateBytes(100)
                    .adoptInto(workers, new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.config().setAutoRead(false);
                            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelActive(ChannelHandlerContext ctx) {
                                    adopted.add(ctx.channel());
                                }

                                @Override
                                public void channelRead(ChannelHandlerContext ctx, Object msg) {
                                    ByteBuf bytes = (ByteBuf) msg;
                                    read.add(bytes.toString(US_ASCII));
                                    bytes.release();
                                }
                            });
                        }
                    })
                    .start()
                    .get();
        }

        Channel adopt(String unread, String inTheSocket) throws Exception {
            ClientConnection client = opened(ClientConnection.tcp());
            client.client().send(inTheSocket);
            HandoffOffer offer = HandoffOffer.newBuilder()
                    .setToken(ByteString.copyFrom(HandoffFrames.randomToken()))
                    .setUnread(ByteString.copyFromUtf8(unread))
                    .build();
            try (TestBroker broker = TestBroker.connect(server.path())) {
                assertThat(broker.handOff(
                                        HandoffFrames.offer(offer),
                                        client.accepted().descriptor())
                                .getAccepted())
                        .isTrue();
            }
            client.accepted().close();
            Channel taken = adopted.poll(20, TimeUnit.SECONDS);
            assertThat(taken).isNotNull();
            channel = taken;
            return taken;
        }

        String read() throws InterruptedException {
            return String.valueOf(read.poll(20, TimeUnit.SECONDS));
        }

        @Override
        public void close() {
            server.close();
            if (channel != null) {
                channel.close().syncUninterruptibly();
            }
            EventLoops.end(workers);
        }
    }
}
