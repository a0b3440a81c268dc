package io.handoff.netty.adoption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FaultyCalls;
import io.handoff.netty.Libc;
import io.handoff.netty.Warns;
import io.handoff.netty.descriptor.DescriptorCheck;
import io.handoff.netty.descriptor.ListenerIdentity;
import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.Offer;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program's handlers see, and the client gets, before and after the gate opens, and how an adoption can end. */
@ExtendWith(NoDescriptorsLeft.class)
class AdoptionGateIT {

    private final EventLoopGroup control = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private EventLoopGroup adopting = workers;
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final FaultyCalls calls = new FaultyCalls();
    private @Nullable ClientConnection connection;

    @BeforeEach
    void connect() throws IOException {
        connection = ClientConnection.unix();
    }

    private BlockingSocket client() {
        return Objects.requireNonNull(connection).client();
    }

    private BlockingSocket accepted() {
        return Objects.requireNonNull(connection).accepted();
    }

    @AfterEach
    void stop() {
        accepted().close();
        client().close();
        EventLoops.end(workers, control);
    }

    /** Notes what it sees. */
    private final class Program extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            seen.add("active");
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            seen.add("read " + ((ByteBuf) msg).toString(UTF_8));
            ((ByteBuf) msg).release();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            seen.add("inactive");
        }
    }

    private ChannelInitializer<Channel> program(Consumer<Channel> setUp) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                setUp.accept(channel);
            }
        };
    }

    private ConnectionAdopter adopter(SocketCalls calls, ChannelHandler initializer) {
        DescriptorCheck check = new DescriptorCheck(calls, new ListenerIdentity("/nowhere", 1, 1, 1));
        return new ConnectionAdopter(
                calls, check, control, AdoptionTarget.of(adopting, initializer), 0, Duration.ofSeconds(2));
    }

    private AdoptionGate adopt(ConnectionAdopter adopter) throws Exception {
        Offer offer = Offer.of(HandoffToken.random(), "service", 1);
        HandedOffConnection origin = HandedOffConnection.of(offer, new HandoffPeer(1, 1, 1), Instant.EPOCH);
        OwnedDescriptor descriptor = calls.duplicate(accepted().descriptor());
        assertThat(adopter.refusalOf(descriptor)).isNull();
        EventLoop loop = control.next();
        return loop.submit(() -> adopter.adopt(descriptor, offer, origin, loop)).get();
    }

    private AdoptionGate adopt(Consumer<Channel> setUp) throws Exception {
        return adopt(adopter(calls, program(setUp)));
    }

    /** Clients are adopted where their handoff connections live; the others on a loop of their own. */
    private void adoptOnControlLoop(boolean sharesLoop) {
        adopting = sharesLoop ? control : workers;
    }

    /** Everything that the worker has been given by now is done. */
    private void settle() throws Exception {
        adopting.next().submit(() -> {}).get();
        adopting.next().submit(() -> {}).get();
    }

    private void clientWrites(String text) throws IOException {
        client().send(text);
    }

    /** What has come to the client, without waiting. */
    private String clientHas() throws IOException {
        return new String(client().receiveNow(), UTF_8);
    }

    private boolean isNonBlocking() {
        return Libc.isNonBlocking(accepted());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHoldEverythingUntilItOpensWhereverHandlersArePut(boolean sharesLoop) throws Exception {
        adoptOnControlLoop(sharesLoop);
        clientWrites("request");
        AdoptionGate gate = adopt(channel -> {
            channel.pipeline().addFirst("first", new ChannelInboundHandlerAdapter() {
                @Override
                public void handlerAdded(ChannelHandlerContext ctx) {
                    ctx.writeAndFlush(Unpooled.copiedBuffer("1", UTF_8));
                    ctx.read();
                }

                @Override
                public void channelRegistered(ChannelHandlerContext ctx) {
                    ctx.writeAndFlush(Unpooled.copiedBuffer("2", UTF_8));
                    ctx.fireChannelRegistered();
                }
            });
            channel.pipeline().addLast(new Program());
            assertThat(channel.isActive()).as("as an accepted channel").isTrue();
            channel.eventLoop().execute(() -> {
                channel.writeAndFlush(Unpooled.copiedBuffer("3", UTF_8));
                ((DuplexChannel) channel).shutdownOutput();
                channel.pipeline().context("first").read();
            });
        });
        gate.adopted().sync();
        settle();

        assertThat(seen).isEmpty();
        assertThat(clientHas()).isEmpty();

        gate.open();
        await().untilAsserted(() -> assertThat(seen).containsExactly("active", "read request"));
        assertThat(client().receiveTextToEnd()).isEqualTo("123");
        gate.abandon();
        settle();
        assertThat(seen).as("an open gate cannot be abandoned").hasSize(2);
        accepted().close();
        client().shutdownOutput();
        await().untilAsserted(() -> assertThat(seen).endsWith("inactive"));
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void shouldSeeTheEndOfAClientThatHasEndedMeanwhile(boolean sharesLoop, boolean autoRead) throws Exception {
        adoptOnControlLoop(sharesLoop);
        AdoptionGate gate = adopt(channel -> {
            channel.config().setAutoRead(autoRead);
            channel.pipeline().addLast(new Program());
        });
        gate.adopted().sync();
        clientWrites("request");
        client().shutdownOutput();
        settle();
        assertThat(seen).isEmpty();
        accepted().close();

        gate.open();

        await().untilAsserted(() -> assertThat(seen).containsExactly("active", "read request", "inactive"));
        assertThat(client().receiveTextToEnd()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSendWhatWasWrittenBeforeAHeldClose(boolean sharesLoop) throws Exception {
        adoptOnControlLoop(sharesLoop);
        AdoptionGate gate = adopt(channel -> channel.eventLoop().execute(() -> {
            channel.writeAndFlush(Unpooled.copiedBuffer("bye", UTF_8));
            channel.close();
        }));
        gate.adopted().sync();
        settle();
        assertThat(clientHas()).isEmpty();
        accepted().close();

        gate.open();

        assertThat(client().receiveTextToEnd()).isEqualTo("bye");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveBackWhatItHoldsAndTellTheProgramOfTheEndOnlyWhenItIsAbandoned(boolean sharesLoop) throws Exception {
        adoptOnControlLoop(sharesLoop);
        clientWrites("request");
        AdoptionGate gate = adopt(channel -> {
            channel.pipeline().addLast(new Program());
            channel.writeAndFlush(Unpooled.copiedBuffer("never", UTF_8));
        });
        gate.adopted().sync();
        assertThat(isNonBlocking()).isTrue();

        gate.abandon();
        gate.open();
        settle();

        assertThat(seen).containsExactly("inactive");
        assertThat(isNonBlocking()).isFalse();
        assertThat(clientHas()).isEmpty();
        assertThat(accepted().receiveNow()).as("nothing was read").hasSize(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"closes", "error", "addLast", "fcntl", "deregisters"})
    @Warns(sometimes = "Failed to initialize a channel")
    void shouldFailAndGiveTheConnectionBackAsItCame(String how) throws Exception {
        FaultyCalls failing = new FaultyCalls() {
            @Override
            public boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException {
                throw new IOException("fcntl of this test");
            }
        };
        ChannelInboundHandlerAdapter used = new ChannelInboundHandlerAdapter();
        ChannelHandler initializer = switch (how) {
            case "closes" -> program(Channel::close);
            case "error" ->
                program(channel -> {
                    throw new NoClassDefFoundError("of this test");
                });
            case "addLast" -> used;
            case "deregisters" -> program(channel -> channel.pipeline().removeFirst());
            default -> program(channel -> {});
        };
        ConnectionAdopter adopter = adopter("fcntl".equals(how) ? failing : calls, initializer);
        if ("addLast".equals(how)) {
            AdoptionGate first = adopt(adopter);
            first.adopted().sync();
            first.abandon();
        }

        AdoptionGate gate = adopt(adopter);

        assertThat(gate.adopted().await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(gate.adopted().cause()).isNotNull();
        assertThat(gate.isReady()).isFalse();
        settle();
        assertThat(isNonBlocking()).isFalse();
        clientWrites("still open");
        assertThat(accepted().receive(10)).asString(UTF_8).isEqualTo("still open");
    }

    @Test
    void shouldRejectAConnectionWhoseLoopDoesNotGetToItAndCloseItAtOnce() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        workers.submit(() -> busy.await(30, TimeUnit.SECONDS));

        AdoptionGate gate = adopt(channel -> seen.add("initialized"));

        assertThat(gate.adopted().await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(gate.adopted().cause()).hasMessageContaining("busy");
        accepted().close();
        assertThat(client().receiveTextToEnd()).as("closed").isEmpty();
        busy.countDown();
        settle();
        assertThat(seen).isEmpty();
    }

    @Test
    void shouldAbandonWhatWaitsWhenTheAdopterCloses() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        workers.submit(() -> busy.await(30, TimeUnit.SECONDS));
        ConnectionAdopter adopter = adopter(calls, program(channel -> seen.add("initialized")));
        AdoptionGate gate = adopt(adopter);

        adopter.close();

        assertThat(gate.adopted().isDone()).isTrue();
        accepted().close();
        assertThat(client().receiveTextToEnd()).as("closed").isEmpty();
        busy.countDown();
        settle();
        assertThat(seen).isEmpty();
    }

    @Test
    void shouldNotBeReadyWhenTheLoopEndsAndLeaveNothingBehind() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        workers.submit(() -> busy.await(30, TimeUnit.SECONDS));
        AdoptionGate gate = adopt(channel -> {});
        workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        busy.countDown();

        assertThat(gate.adopted().await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(gate.isReady()).isFalse();
        workers.terminationFuture().sync();
        gate.open();
        accepted().close();
        assertThat(client().receiveTextToEnd()).as("closed").isEmpty();
    }

    @Test
    void shouldAbandonWhenTheControlLoopHasEnded() throws Exception {
        AdoptionGate gate = adopt(channel -> channel.pipeline().addLast(new Program()));
        gate.adopted().sync();

        control.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();

        accepted().close();
        assertThat(client().receiveTextToEnd()).as("closed").isEmpty();
        await().untilAsserted(() -> assertThat(seen).containsExactly("inactive"));
    }

    /** Programs and frameworks count connections when handlers are added, and down when they are told of the end. */
    @ParameterizedTest
    @ValueSource(strings = {"abandoned", "closed by the initializer", "the initializer fails"})
    @Warns(sometimes = "Failed to initialize a channel")
    void shouldTellOfAnEndBeforeItOpensAsNettyDoesOfAnAcceptedChannelThatItsInitializerCloses(String how)
            throws Exception {
        List<Channel> adopted = new CopyOnWriteArrayList<>();
        List<String> ofAdopted = new CopyOnWriteArrayList<>();
        AdoptionGate gate = adopt(channel -> {
            adopted.add(channel);
            channel.pipeline().addLast(new EveryEvent(ofAdopted));
            switch (how) {
                case "closed by the initializer" -> channel.close();
                case "the initializer fails" -> throw new IllegalStateException("of this test");
                default -> {}
            }
        });
        assertThat(gate.adopted().await(20, TimeUnit.SECONDS)).isTrue();

        gate.abandon();

        List<String> ofAccepted = eventsOfAnAcceptedChannelThatItsInitializerCloses();
        assertThat(ofAccepted).endsWith("removed").contains("inactive").doesNotContain("active");
        await().untilAsserted(() -> assertThat(ofAdopted).isEqualTo(ofAccepted));
        assertThat(adopted)
                .singleElement()
                .matches(channel -> channel.closeFuture().isSuccess(), "told of its close");
    }

    private List<String> eventsOfAnAcceptedChannelThatItsInitializerCloses() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        Channel listener = new ServerBootstrap()
                .group(workers)
                .channel(EpollServerSocketChannel.class)
                .childHandler(program(channel -> {
                    channel.pipeline().addLast(new EveryEvent(events));
                    channel.close();
                }))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            assertThat(client.getInputStream().read()).as("closed").isEqualTo(-1);
        }
        await().until(() -> events.contains("removed"));
        listener.close().sync();
        return events;
    }

    /** Notes the life of a channel. */
    private static final class EveryEvent extends ChannelInboundHandlerAdapter {
        private final List<String> events;

        EveryEvent(List<String> events) {
            this.events = events;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            events.add("added");
        }

        @Override
        public void channelRegistered(ChannelHandlerContext ctx) {
            events.add("registered");
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            events.add("active");
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            events.add("inactive");
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext ctx) {
            events.add("unregistered");
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            events.add("removed");
        }
    }

    @Test
    void shouldCloseWhenTheWorkerEndsBeforeTheGateOpens() throws Exception {
        AdoptionGate gate = adopt(channel -> {});
        gate.adopted().sync();

        workers.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        gate.open();

        accepted().close();
        assertThat(client().receiveTextToEnd()).as("closed").isEmpty();
    }

    @Test
    void shouldLeaveTheProgramsOptionsOfTheChannelAlone() throws Exception {
        CopyOnWriteArrayList<Channel> adopted = new CopyOnWriteArrayList<>();
        AdoptionGate gate = adopt(channel -> {
            adopted.add(channel);
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRegistered(ChannelHandlerContext ctx) {
                    ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
                    ctx.fireChannelRegistered();
                }

                @Override
                public void channelActive(ChannelHandlerContext ctx) {
                    ctx.channel().config().setAutoRead(false);
                    ctx.fireChannelActive();
                }
            });
            channel.pipeline().addLast(new Program());
        });
        clientWrites("not asked for");
        gate.adopted().sync();
        gate.open();
        await().until(() -> seen.contains("active"));
        settle();

        assertThat(seen).containsExactly("active");
        assertThat(adopted.get(0).config().getOption(ChannelOption.ALLOW_HALF_CLOSURE))
                .isTrue();
        assertThat(adopted.get(0).config().isAutoRead()).isFalse();
        adopted.get(0).close().sync();
    }

    @Test
    void shouldRefuseAnInitializerThatCouldServeOneConnectionOnly() {
        assertThatThrownBy(() -> AdoptionTarget.checkInitializer(new ChannelInboundHandlerAdapter()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not @Sharable")
                .hasMessageContaining("ChannelInitializer");
    }
}
