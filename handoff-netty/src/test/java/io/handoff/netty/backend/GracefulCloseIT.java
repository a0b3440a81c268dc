package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.Frames;
import io.handoff.netty.RecordingListener;
import io.handoff.netty.Warns;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whoever has connected when a server closes is answered, and closing holds nobody up. */
@ExtendWith(NoDescriptorsLeft.class)
class GracefulCloseIT {

    @TempDir
    Path directory;

    private final EventLoopGroup control = loops();
    private final EventLoopGroup workers = loops();
    private final RecordingListener listener = new RecordingListener();
    private final Queue<Channel> adopted = new ConcurrentLinkedQueue<>();
    private final List<ClientConnection> clients = new ArrayList<>();

    @AfterEach
    void end() {
        adopted.forEach(channel -> channel.close().syncUninterruptibly());
        clients.forEach(ClientConnection::close);
        EventLoops.end(control, workers);
    }

    private static EventLoopGroup loops() {
        return new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    private HandoffServerBuilder builder() {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .controlLoops(control)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .listener(listener)
                .adoptInto(workers, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        adopted.add(channel);
                    }
                });
    }

    /** Hands off a new client, and waits for nothing. */
    private TestBroker offer(TestBroker broker, HandoffToken token, long correlationId) throws IOException {
        ClientConnection client = ClientConnection.unix();
        clients.add(client);
        return broker.offer(
                Frames.offerFrame(token, correlationId).build(),
                client.accepted().descriptor());
    }

    @Test
    void shouldAnswerEverybodyWhoWaitsToBeAccepted() throws Exception {
        HandoffServer server = builder().start().get();
        CountDownLatch released = busy(control);
        List<HandoffToken> tokens = new ArrayList<>();
        List<TestBroker> brokers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tokens.add(HandoffToken.random());
            brokers.add(offer(TestBroker.connect(server.path()), tokens.get(i), i));
        }

        Future<Void> closed = server.shutdownGracefully(Duration.ZERO, Duration.ofMinutes(1));
        released.countDown();

        for (int i = 0; i < brokers.size(); i++) {
            assertThat(brokers.get(i).receiveToEnd()).isEqualTo(Frames.accepting(tokens.get(i), i));
            brokers.get(i).close();
        }
        closed.get();
    }

    @Test
    @Warns("cannot accept handoff connections: accept of this test")
    void shouldAnswerEverybodyWhoWaitsWhileAcceptingIsPaused() throws Exception {
        HandoffServer server = builder().start().get();
        control.submit(() -> server.acceptor
                        .channel()
                        .pipeline()
                        .fireExceptionCaught(new IOException("accept of this test")))
                .get();
        HandoffToken token = HandoffToken.random();
        try (TestBroker broker = offer(TestBroker.connect(server.path()), token, 1)) {
            assertThat(server.isAccepting()).isFalse();

            server.shutdownGracefully(Duration.ZERO, Duration.ofMinutes(1)).get();

            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        }
    }

    @Test
    void shouldLetNobodyInWhileItAnswersThoseWhoHaveConnected() throws Exception {
        HandoffServer server = builder().start().get();
        Path other = Files.createLink(directory.resolve("another-name"), server.path());
        HandoffToken token = HandoffToken.random();
        try (TestBroker slow = TestBroker.connect(server.path())) {
            Future<Void> closed = server.shutdownGracefully(Duration.ZERO, Duration.ofMinutes(1));

            await().until(() -> isRefused(other));

            assertThat(closed.isDone()).isFalse();
            assertThat(offer(slow, token, 1).receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
            closed.get();
        }
    }

    private static boolean isRefused(Path socket) throws IOException {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return !probe.isOpen();
        } catch (ConnectException e) {
            return true;
        }
    }

    @Test
    void shouldNotWaitInAListenerOfItsOwnStart() throws Exception {
        CompletableFuture<Void> returned = new CompletableFuture<>();
        CompletableFuture<HandoffServer> started = new CompletableFuture<>();

        builder().start().addListener((Future<HandoffServer> start) -> {
            try {
                start.getNow().close();
                returned.complete(null);
            } catch (Throwable e) {
                returned.completeExceptionally(e);
            }
            started.complete(start.getNow());
        });

        returned.get();
        started.get().shutdownGracefully(Duration.ZERO, Duration.ofMinutes(1)).get();
    }

    @Test
    void shouldNotWaitOnALoopOfTheProgram() throws Exception {
        HandoffServer server = builder().start().get();
        TestBroker silent = TestBroker.connect(server.path());
        await().until(server.metrics()::openConnections, open -> open == 1);

        workers.submit(server::close).get();

        assertThat(server.metrics().openConnections()).isEqualTo(1);
        silent.close();
        server.shutdownGracefully(Duration.ZERO, Duration.ofMinutes(1)).get();
    }

    @Test
    void shouldEndWhenTheShortestTimeoutIsOver() throws Exception {
        HandoffServer server =
                builder().offerTimeout(Duration.ofMillis(300)).start().get();
        Future<Void> patient = server.shutdownGracefully(Duration.ofHours(1), Duration.ofHours(2));

        server.close();

        assertThat(patient.isSuccess()).isTrue();
    }

    @Test
    @Warns("was not closed in time")
    void shouldEndInTimeWhenALoopOfTheProgramIsBusy() throws Exception {
        HandoffServer server =
                builder().offerTimeout(Duration.ofMillis(300)).start().get();
        CountDownLatch released = busy(control);

        server.close();

        assertThat(released.getCount()).isEqualTo(1);
        released.countDown();
        await().until(() -> Files.notExists(server.path()));
        server.shutdownGracefully(Duration.ZERO, Duration.ofMinutes(1)).get();
        control.submit(() -> {}).get();
    }

    /** A loop that is told to end while it is about a task leaves its channels open. */
    @Test
    void shouldLeaveNoConnectionOpenWhenItsLoopEndsRightAfterTheServer() throws Exception {
        for (int round = 0; round < 300; round++) {
            EventLoopGroup both = loops();
            HandoffServer server = builder()
                    .controlLoops(both)
                    .adoptInto(both, new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            adopted.add(channel);
                        }
                    })
                    .start()
                    .get();
            HandoffToken token = HandoffToken.random();
            try (TestBroker broker = offer(TestBroker.connect(server.path()), token, 1)) {
                assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
            }

            server.close();
            both.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();

            clients.remove(0).close();
            Channel last = adopted.remove();
            await().until(() -> !last.isOpen());
        }
    }

    /** A program waits for this and then for its own channels: by then it knows all of them. */
    @Test
    void shouldNotBeOverBeforeEveryAdoptedConnectionIsActive() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        CountDownLatch released = new CountDownLatch(1);
        HandoffServer server = builder()
                .adoptInto(workers, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        adopted.add(channel);
                        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelActive(ChannelHandlerContext ctx) {
                                seen.add("active");
                            }
                        });
                        // The loop is busy from when it has set the connection up.
                        channel.eventLoop().execute(() -> awaitUninterruptibly(released));
                    }
                })
                .start()
                .get();
        HandoffToken token = HandoffToken.random();
        try (TestBroker broker = offer(TestBroker.connect(server.path()), token, 1)) {
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        }

        server.shutdownGracefully(Duration.ZERO, Duration.ofMinutes(1)).addListener(over -> seen.add("over"));
        GlobalEventExecutor.INSTANCE.schedule(released::countDown, 300, TimeUnit.MILLISECONDS);

        await().untilAsserted(() -> assertThat(seen).containsExactly("active", "over"));
    }

    /** Keeps the loop from doing anything until it is released. */
    private static CountDownLatch busy(EventLoopGroup loop) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        loop.execute(() -> {
            begun.countDown();
            awaitUninterruptibly(released);
        });
        begun.await();
        return released;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
