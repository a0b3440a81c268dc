package io.handoff.netty.adoption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffRejection.Reason;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.HandoffFrames;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes and state that travel with a connection (WIRE §10), sent by a program that makes its frames itself. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(60)
class CarriedStateIT {

    private static final int MAX_STATE_BYTES = 100;

    @TempDir
    Path directory;

    private final Queue<Channel> adopted = new ConcurrentLinkedQueue<>();
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable HandoffServer server;

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.close();
        }
        for (AutoCloseable each : opened) {
            each.close();
        }
        adopted.forEach(channel -> channel.close().syncUninterruptibly());
        EventLoops.end(workers);
    }

    // What is taken

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadWhatHasTravelledBeforeAnythingOfTheSocket(boolean tcp) throws Exception {
        start(builder(channel -> {}).maxStateBytes(MAX_STATE_BYTES));
        ClientConnection client = client(tcp);
        client.client().send(", that");

        HandoffAck ack = handOff(client, "this", "their name");

        assertThat(ack.getAccepted()).isTrue();
        assertThat(ack.getTaken()).isEqualTo("this".length() + "their name".length());
        awaitSeen("active", "read this", "read , that");
        assertThat(stateOf(adopted.element())).isEqualTo("their name");
        client.client().send(" and more");
        awaitSeen("active", "read this", "read , that", "read  and more");
    }

    @Test
    void shouldTakeStateAloneAndAsMuchAsTheCapLets() throws Exception {
        start(builder(channel -> {}).maxStateBytes(MAX_STATE_BYTES));
        ClientConnection client = client(true);

        HandoffAck ack = handOff(client, "", "s".repeat(MAX_STATE_BYTES));

        assertThat(ack.getTaken()).isEqualTo(MAX_STATE_BYTES);
        client.client().send("that");
        awaitSeen("active", "read that");
        assertThat(stateOf(adopted.element())).hasSize(MAX_STATE_BYTES);
    }

    @Test
    void shouldTellNothingOfStateWhereNoneHasTravelled() throws Exception {
        start(builder(channel -> {}).maxStateBytes(MAX_STATE_BYTES));
        ClientConnection client = client(true);

        HandoffAck ack = handOff(client, "", "");

        assertThat(ack.toByteArray())
                .isEqualTo(ack.toBuilder().clearTaken().build().toByteArray());
        awaitSeen("active");
        assertThat(stateOf(adopted.element())).isEmpty();
    }

    @Test
    void shouldReadNothingBeforeTheProgramAsks() throws Exception {
        start(builder(channel -> channel.config().setAutoRead(false)).maxStateBytes(MAX_STATE_BYTES));
        ClientConnection client = client(true);
        client.client().send("of the socket");

        assertThat(handOff(client, "first", "").getAccepted()).isTrue();
        awaitSeen("active");
        Channel channel = adopted.element();
        settle(channel);
        assertThat(seen).containsExactly("active");

        channel.read();
        awaitSeen("active", "read first");
        settle(channel);
        assertThat(seen).as("one read for each that is asked for").hasSize(2);
        channel.read();
        awaitSeen("active", "read first", "read of the socket");
    }

    @Test
    void shouldTakeBackAReadThatWasAskedForWhenAutoReadGoesOff() throws Exception {
        start(builder(channel -> channel.config().setAutoRead(false)).maxStateBytes(MAX_STATE_BYTES));
        assertThat(handOff(client(true), "first", "").getAccepted()).isTrue();
        awaitSeen("active");
        Channel channel = adopted.element();

        channel.eventLoop()
                .submit(() -> {
                    channel.config().setAutoRead(true);
                    channel.config().setAutoRead(false);
                })
                .sync();
        settle(channel);
        assertThat(seen).containsExactly("active");

        channel.config().setAutoRead(true);
        awaitSeen("active", "read first");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void shouldReadWhatHasTravelledOfAClientThatHasEndedItsSide(boolean autoRead, boolean allowHalfClosure)
            throws Exception {
        start(builder(channel -> channel.config()
                        .setAutoRead(autoRead)
                        .setOption(ChannelOption.ALLOW_HALF_CLOSURE, allowHalfClosure))
                .maxStateBytes(MAX_STATE_BYTES));
        for (int round = 0; round < 20; round++) {
            seen.clear();
            ClientConnection client = client(true);
            client.client().send(" of the socket").shutdownOutput();

            assertThat(handOff(client, "first", "").getAccepted()).isTrue();

            awaitSeen("active", "read first", "read  of the socket", allowHalfClosure ? "input ended" : "inactive");
        }
    }

    @Test
    void shouldNotReadASocketThatIsClosedInTheFirstRead() throws Exception {
        start(builder(channel -> channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        ctx.fireChannelRead(msg);
                        ctx.close();
                    }
                }))
                .maxStateBytes(MAX_STATE_BYTES));
        for (int round = 0; round < 20; round++) {
            seen.clear();
            ClientConnection client = client(true);
            client.client().send(" of the socket").shutdownOutput();

            assertThat(handOff(client, "first", "").getAccepted()).isTrue();

            awaitSeen("active", "read first", "inactive");
        }
    }

    @Test
    void shouldReadWhatHasTravelledOfAClientThatIsGone() throws Exception {
        start(builder(channel -> {}).maxStateBytes(MAX_STATE_BYTES));
        ClientConnection client = client(false);
        client.client().close();

        assertThat(handOff(client, "first", "").getAccepted()).isTrue();

        awaitSeen("active", "read first", "inactive");
    }

    @Test
    void shouldTravelToConnectionsOfAListeningChannel() throws Exception {
        Channel listener = new ServerBootstrap()
                .group(workers)
                .channel(EpollServerSocketChannel.class)
                .childHandler(initializer(channel -> {}))
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
        opened.add(() -> listener.close().sync());
        start(HandoffServer.builder(directory.resolve("handoff.sock"))
                .expectedTokens(ExpectedTokenPolicy.carried())
                .adoptInto((ServerChannel) listener)
                .maxStateBytes(MAX_STATE_BYTES));
        ClientConnection client = client(true);
        client.client().send(", that");

        assertThat(handOff(client, "this", "their name").getAccepted()).isTrue();

        awaitSeen("active", "read this", "read , that");
        assertThat(stateOf(adopted.element())).isEqualTo("their name");
    }

    // What is not

    @ParameterizedTest
    @CsvSource({"this, ''", "'', their name", "this, their name"})
    void shouldRejectWhatTravelsWhereNothingIsTakenAndLeaveTheTokenPending(String unread, String state)
            throws Exception {
        byte[] token = HandoffFrames.randomToken();
        start(builder(channel -> {}).expectedTokens(ExpectedTokenPolicy.pending()));
        running().tokens().register(HandoffToken.ofBytes(token)).get();
        ClientConnection client = client(true);

        HandoffAck refused = handOff(client, offer(token, unread, state));

        assertThat(refused.getAccepted()).isFalse();
        assertThat(refused.getErrorDetail()).isEqualTo("handoff state is not accepted here");
        assertThat(refused.getTaken()).isZero();
        assertThat(running().metrics().offersRejected(Reason.STATE_NOT_TAKEN)).isEqualTo(1);
        assertThat(handOff(client, offer(token, "", "")).getAccepted()).isTrue();
    }

    @Test
    void shouldRejectMoreThanTheCap() throws Exception {
        start(builder(channel -> {}).maxStateBytes(MAX_STATE_BYTES));
        ClientConnection client = client(true);
        client.client().send("still there");

        HandoffAck refused = handOff(client, "u".repeat(60), "s".repeat(41));

        assertThat(refused.getErrorDetail()).isEqualTo("handoff state was 101 bytes; at most 100 are taken");
        assertThat(client.accepted().receiveText(11)).isEqualTo("still there");
    }

    @Test
    void shouldCountWhatTravelsAgainstTheCapOfFrames() throws Exception {
        start(builder(channel -> {}).maxFrameLength(200).maxStateBytes(200));

        HandoffAck refused = handOff(client(true), "u".repeat(100), "s".repeat(100));

        assertThat(refused.getErrorDetail()).startsWith("handoff offer was not taken in: frame body too large: ");
    }

    @Test
    void shouldRejectWhatTravelsWithoutAConnection() throws Exception {
        byte[] token = HandoffFrames.randomToken();
        start(builder(channel -> {})
                .descriptors(DescriptorPolicy.OPTIONAL)
                .maxStateBytes(MAX_STATE_BYTES)
                .expectedTokens(ExpectedTokenPolicy.pending()));
        running().tokens().register(HandoffToken.ofBytes(token)).get();
        try (TestBroker broker = TestBroker.connect(running().path())) {
            broker.send(HandoffFrames.offer(offer(token, "this", "")));
            assertThat(broker.receiveAck().getErrorDetail()).isEqualTo("handoff state is not accepted here");
            broker.send(HandoffFrames.offer(offer(token, "", "")));
            assertThat(broker.receiveAck().getAccepted()).isTrue();
        }
    }

    @Test
    void shouldRefuseACapThatNoFrameCanReach() {
        HandoffServerBuilder builder =
                builder(channel -> {}).maxFrameLength(200).maxStateBytes(201);

        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxStateBytes was 201; expected at most maxFrameLength, which is 200");
        assertThatThrownBy(() -> builder(channel -> {}).maxStateBytes(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxStateBytes was 0; expected a positive number");
    }

    private HandoffServerBuilder builder(Consumer<Channel> setUp) {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .adoptInto(workers, initializer(setUp))
                .expectedTokens(ExpectedTokenPolicy.carried());
    }

    private ChannelInitializer<Channel> initializer(Consumer<Channel> setUp) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                setUp.accept(channel);
                channel.pipeline().addLast(new Noting());
            }
        };
    }

    private void start(HandoffServerBuilder builder) throws Exception {
        server = builder.start().get();
    }

    private HandoffServer running() {
        return Objects.requireNonNull(server);
    }

    private ClientConnection client(boolean tcp) throws IOException {
        ClientConnection client = tcp ? ClientConnection.tcp() : ClientConnection.unix();
        opened.add(client);
        return client;
    }

    private HandoffAck handOff(ClientConnection client, String unread, String state) throws IOException {
        return handOff(client, offer(HandoffFrames.randomToken(), unread, state));
    }

    private HandoffAck handOff(ClientConnection client, HandoffOffer offer) throws IOException {
        try (TestBroker broker = TestBroker.connect(running().path())) {
            HandoffAck ack =
                    broker.handOff(HandoffFrames.offer(offer), client.accepted().descriptor());
            if (ack.getAccepted()) {
                client.accepted().close();
            }
            return ack;
        }
    }

    private static HandoffOffer offer(byte[] token, String unread, String state) {
        return HandoffOffer.newBuilder()
                .setToken(ByteString.copyFrom(token))
                .setServiceName("test")
                .setCorrelationId(7)
                .setUnread(ByteString.copyFromUtf8(unread))
                .setState(ByteString.copyFromUtf8(state))
                .build();
    }

    private static String stateOf(Channel channel) {
        HandedOffConnection origin = channel.attr(HandedOffConnection.KEY).get();
        String state = UTF_8.decode(origin.state()).toString();
        assertThat(UTF_8.decode(origin.state()).toString())
                .as("each has a view of its own")
                .isEqualTo(state);
        return state;
    }

    private void awaitSeen(String... expected) {
        await().untilAsserted(() -> assertThat(seen).containsExactly(expected));
    }

    /** Whatever was on its way there is done. */
    private static void settle(Channel channel) throws Exception {
        for (int turn = 0; turn < 3; turn++) {
            channel.eventLoop().submit(() -> {}).sync();
        }
    }

    /** Notes what it sees, the bytes of one read after the other. */
    private final class Noting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            adopted.add(ctx.channel());
            seen.add("active");
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf bytes = (ByteBuf) msg;
            seen.add("read " + bytes.toString(UTF_8));
            bytes.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                seen.add("input ended");
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            seen.add("inactive");
        }
    }
}
