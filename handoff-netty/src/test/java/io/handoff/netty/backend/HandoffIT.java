package io.handoff.netty.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FaultyCalls;
import io.handoff.netty.Warns;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Broker to backend, both real, in one process: clients whose connections move while they are used. */
@ExtendWith(NoDescriptorsLeft.class)
class HandoffIT {

    @TempDir
    Path directory;

    private final EventLoopGroup brokerLoops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Queue<Channel> adopted = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<HandoffOutcome> outcomes = new LinkedBlockingQueue<>();
    private final AtomicLong correlationIds = new AtomicLong();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable resource : opened) {
            resource.close();
        }
        adopted.forEach(channel -> channel.close().syncUninterruptibly());
        EventLoops.end(workers);
        EventLoops.end(brokerLoops);
    }

    private enum Transport {
        TCP,
        UNIX
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldLoseNoByteOfAMegabyteThatIsStreamedWhileTheConnectionMoves(Transport transport) throws Exception {
        byte[] stream = new byte[1 << 20];
        new SplittableRandom(42).nextBytes(stream);
        MessageDigest brokersPart = MessageDigest.getInstance("SHA-256");
        Sink sink = new Sink(stream.length);
        backend(builder(sink));
        HandoffBroker broker = HandoffBroker.builder(socket()).build();
        int handOffAfter = 100_000;
        SocketAddress address = listen(transport, new ChannelInboundHandlerAdapter() {
            private int read;

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                ByteBuf bytes = (ByteBuf) msg;
                byte[] piece = ByteBufUtil.getBytes(bytes);
                bytes.release();
                brokersPart.update(piece);
                sink.before(piece.length);
                boolean goesOn = read < handOffAfter;
                read += piece.length;
                if (goesOn && read >= handOffAfter) {
                    handOff(broker, ctx.channel());
                }
            }
        });

        try (SocketChannel client = connect(address)) {
            write(client, stream);
            client.shutdownOutput();
            assertThat(sink.all.get(20, TimeUnit.SECONDS)).isNotNull();
        }

        assertThat(outcome()).isInstanceOf(HandoffOutcome.Accepted.class);
        byte[] backendsPart = sink.all.join();
        assertThat(backendsPart).as("bytes read by the backend").hasSizeGreaterThan(stream.length / 2);
        brokersPart.update(backendsPart);
        assertThat(HexFormat.of().formatHex(brokersPart.digest()))
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(stream)));
    }

    /** Collects what the backend reads, until broker and backend together have the whole stream. */
    @ChannelHandler.Sharable
    private final class Sink extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<byte[]> all = new CompletableFuture<>();
        private final AtomicLong missing;
        private final ByteBuf collected = Unpooled.buffer();

        Sink(long length) {
            missing = new AtomicLong(length);
        }

        void before(int length) {
            missing.addAndGet(-length);
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            adopted.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf bytes = (ByteBuf) msg;
            int length = bytes.readableBytes();
            collected.writeBytes(bytes);
            bytes.release();
            if (missing.addAndGet(-length) == 0) {
                all.complete(ByteBufUtil.getBytes(collected));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldLetABackendSpeakFirst(Transport transport) throws Exception {
        backend(builder(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Greeting());
            }
        }));
        HandoffBroker broker = HandoffBroker.builder(socket()).build();
        SocketAddress address = listen(transport, handingOff(broker));

        for (int i = 0; i < 20; i++) {
            try (SocketChannel client = connect(address)) {
                assertThat(read(client, 5)).isEqualTo("hello");
                write(client, "and".getBytes(UTF_8));
                assertThat(read(client, 3)).isEqualTo("and");
            }
            assertThat(outcome()).isInstanceOf(HandoffOutcome.Accepted.class);
        }
    }

    private final class Greeting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            adopted.add(ctx.channel());
            ctx.writeAndFlush(Unpooled.copiedBuffer("hello", UTF_8));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.writeAndFlush(msg);
        }
    }

    @Test
    void shouldMoveAThousandConnectionsAtOnce() throws Exception {
        int clients = 1000;
        HandoffServer backend = backend(builder(echo("backend")));
        HandoffBroker broker =
                HandoffBroker.builder(socket()).timeout(Duration.ofSeconds(30)).build();
        SocketAddress address = listen(Transport.TCP, handingOff(broker));
        ExecutorService threads = Executors.newFixedThreadPool(50);
        opened.add(threads::shutdownNow);

        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            String text = "connection " + i;
            answers.add(threads.submit(() -> {
                try (SocketChannel client = connect(address)) {
                    write(client, text.getBytes(UTF_8));
                    return read(client, "backend: ".length() + text.length());
                }
            }));
        }

        for (int i = 0; i < clients; i++) {
            assertThat(answers.get(i).get()).isEqualTo("backend: connection " + i);
        }
        assertThat(backend.metrics().offersAccepted()).isEqualTo(clients);
        await().until(outcomes::size, size -> size == clients);
        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(HandoffOutcome.Accepted.class));
        assertThat(adopted).hasSize(clients);
        await().until(() -> adopted.stream().noneMatch(Channel::isOpen));
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldGoOnServingAClientThatTheBackendRejects(Transport transport) throws Exception {
        backend(builder(echo("backend")).admission((offer, peer) -> Optional.of("not today")));
        HandoffBroker broker = HandoffBroker.builder(socket()).build();
        SocketAddress address = listen(transport, handingOff(broker));

        for (int i = 0; i < 20; i++) {
            try (SocketChannel client = connect(address)) {
                write(client, "hi".getBytes(UTF_8));
                assertThat(read(client, 10)).isEqualTo("broker: hi");
            }
            assertThat(outcome()).isEqualTo(new HandoffOutcome.Rejected("not today"));
        }
        assertThat(adopted).isEmpty();
    }

    /** Wherever the backend breaks: one of the two serves the client, or its connection closes; nothing hangs. */
    @Warns(
            sometimes = {
                "handoff adoption failed",
                "ChannelInitializer: Failed to initialize a channel",
                "handoff OfferAdmission failed"
            })
    @ParameterizedTest
    @ValueSource(strings = {"receive", "non-blocking", "initializer", "admission", "close"})
    void shouldServeOrCloseWhenTheBackendBreaks(String where) throws Exception {
        HandoffServer[] server = new HandoffServer[1];
        ChannelInitializer<Channel> breaking = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (where.equals("initializer")) {
                    throw new IllegalStateException("initializer of this test");
                }
                channel.pipeline().addLast(new Echo("backend"));
            }
        };
        server[0] = backend(builder(breaking)
                .admission((offer, peer) -> {
                    if (where.equals("admission")) {
                        throw new IllegalStateException("admission of this test");
                    }
                    if (where.equals("close")) {
                        server[0].close();
                    }
                    return Optional.empty();
                })
                .socketCalls(new FaultyCalls() {
                    @Override
                    public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
                        if (where.equals("receive")) {
                            throw new IOException("recvmsg of this test");
                        }
                        return super.receive(socket, maxBytes);
                    }

                    @Override
                    public boolean setNonBlocking(FileDescriptor socket, boolean nonBlocking) throws IOException {
                        if (where.equals("non-blocking")) {
                            throw new IOException("fcntl of this test");
                        }
                        return super.setNonBlocking(socket, nonBlocking);
                    }
                }));
        HandoffBroker broker = HandoffBroker.builder(socket())
                .maxFailures(Integer.MAX_VALUE)
                .timeout(Duration.ofSeconds(10))
                .build();
        SocketAddress address = listen(Transport.TCP, handingOff(broker));

        for (int round = 0; round < 20; round++) {
            try (SocketChannel client = connect(address)) {
                write(client, "hi".getBytes(UTF_8));
                String served = readUntil(client, "hi");
                HandoffOutcome outcome = outcome();
                if (outcome instanceof HandoffOutcome.Accepted) {
                    assertThat(served).isEqualTo("backend: hi");
                } else if (outcome instanceof HandoffOutcome.Failed failed && !failed.connectionUsable()) {
                    assertThat(served).isEmpty();
                } else {
                    assertThat(served).isEqualTo("broker: hi");
                }
            }
        }
    }

    private ChannelInitializer<Channel> echo(String who) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Echo(who));
            }
        };
    }

    /** Echoes, and says who does. */
    private class Echo extends ChannelInboundHandlerAdapter {
        private final String who;

        Echo(String who) {
            this.who = who;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            adopted.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.write(Unpooled.copiedBuffer(who + ": ", UTF_8));
            ctx.writeAndFlush(msg);
        }
    }

    /** What a broker does with a client: hand it off at once, and echo if the connection stays. */
    private ChannelHandler handingOff(HandoffBroker broker) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Echo("broker") {
                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        handOff(broker, ctx.channel());
                    }
                });
            }
        };
    }

    private void handOff(HandoffBroker broker, Channel client) {
        broker.handOff(client, "test", HandoffToken.random(), correlationIds.incrementAndGet())
                .addListener((io.netty.util.concurrent.Future<HandoffOutcome> done) -> outcomes.add(done.getNow()));
    }

    private HandoffOutcome outcome() throws InterruptedException {
        HandoffOutcome outcome = outcomes.poll(20, TimeUnit.SECONDS);
        assertThat(outcome).as("an outcome").isNotNull();
        return Objects.requireNonNull(outcome);
    }

    private Path socket() {
        return directory.resolve("handoff.sock");
    }

    private HandoffServerBuilder builder(ChannelHandler initializer) {
        return HandoffServer.builder(socket())
                .expectedTokens(ExpectedTokenPolicy.carried())
                .adoptInto(workers, initializer);
    }

    private HandoffServer backend(HandoffServerBuilder builder) throws Exception {
        HandoffServer backend = builder.start().get();
        opened.add(backend);
        return backend;
    }

    private SocketAddress listen(Transport transport, ChannelHandler clients) throws InterruptedException {
        Path path = directory.resolve("clients.sock");
        ServerBootstrap bootstrap =
                new ServerBootstrap().group(brokerLoops).childHandler(clients).option(ChannelOption.SO_BACKLOG, 1024);
        Channel listening = transport == Transport.UNIX
                ? bootstrap
                        .channel(EpollServerDomainSocketChannel.class)
                        .bind(new DomainSocketAddress(path.toString()))
                        .sync()
                        .channel()
                : bootstrap
                        .channel(EpollServerSocketChannel.class)
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sync()
                        .channel();
        opened.add(0, () -> listening.close().sync());
        return transport == Transport.UNIX ? UnixDomainSocketAddress.of(path) : listening.localAddress();
    }

    private static SocketChannel connect(SocketAddress address) throws IOException {
        return SocketChannel.open(address);
    }

    private static void write(SocketChannel client, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            client.write(buffer);
        }
    }

    private static String read(SocketChannel client, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && client.read(bytes) >= 0) {}
        return new String(bytes.array(), 0, bytes.position(), UTF_8);
    }

    /** What arrives until this does, or until the connection closes. */
    private static String readUntil(SocketChannel client, String end) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.indexOf(end) < 0) {
            String next;
            try {
                next = read(client, 1);
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("Connection reset");
                return all.toString();
            }
            if (next.isEmpty()) {
                return all.toString();
            }
            all.append(next);
        }
        return all.toString();
    }
}
