package io.handoff.netty.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.JavaCommand;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.StartedProcess;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.FutureListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One of two backend processes is killed while clients come: who has lost theirs is known, one by one. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(300)
class KilledBackendIT {

    private static final int CLIENTS = 400;
    private static final int BEFORE_THE_KILL = 100;
    private static final int SIGKILL = 9;

    /** What is slow here is the machine. */
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    Path directory;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<Integer, PoolOutcome> outcomes = new ConcurrentHashMap<>();
    private final Queue<Client> clients = new ConcurrentLinkedQueue<>();

    /** A client, and whether it was served once. */
    private record Client(Socket socket, boolean isServed) {}

    /** A backend that echoes, in a process of its own. */
    static final class Backend {
        private Backend() {}

        public static void main(String[] args) throws Exception {
            EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
            HandoffServer server = HandoffServer.builder(Path.of(args[0]))
                    .expectedTokens(ExpectedTokenPolicy.carried())
                    .offerTimeout(LONG)
                    .adoptInto(workers, new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel client) {
                            client.pipeline().addLast(new Echo());
                        }
                    })
                    .start()
                    .get();
            System.out.println("listening on " + server.path());
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.writeAndFlush(msg);
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Client client : clients) {
            client.socket.close();
        }
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        EventLoops.end(loops);
        for (AutoCloseable resource : opened) {
            resource.close();
        }
    }

    @Test
    void shouldLoseOnlyClientsThatTheKilledBackendHadOrMayHaveHad() throws Exception {
        StartedProcess victim = start("a");
        StartedProcess survivor = start("b");
        HandoffPool pool = HandoffPool.ofDirectory(directory)
                .timeout(LONG)
                .connectTimeout(LONG)
                .build();
        InetSocketAddress address = listen(pool);
        AtomicInteger connected = new AtomicInteger();
        // A backend that has not served anybody yet may be too slow to be given anybody else.
        await().until(() -> {
            connect(address, connected);
            return pool.metrics().accepted(socket("a")) > 0 && pool.metrics().accepted(socket("b")) > 0;
        });
        int first = connected.get();
        for (int i = 0; i < CLIENTS; i++) {
            threads.execute(() -> connect(address, connected));
        }
        await().until(() -> connected.get() >= first + BEFORE_THE_KILL);

        victim.signal(SIGKILL);

        int all = first + CLIENTS;
        await().atMost(Duration.ofMinutes(4)).untilAsserted(() -> {
            assertThat(outcomes).hasSize(all);
            assertThat(clients).hasSize(all);
        });
        int adoptedByVictim = 0;
        int ambiguous = 0;
        for (Client client : clients) {
            PoolOutcome outcome = Objects.requireNonNull(outcomes.get(client.socket.getLocalPort()), "no outcome");
            Path last = outcome.attempts().get(outcome.attempts().size() - 1).backend();
            if (outcome.outcome() instanceof Failed failed) {
                ambiguous++;
                assertThat(failed.stage()).as("%s", outcome).isIn(Stage.ACK, Stage.SEND);
                assertThat(failed.connectionUsable()).isFalse();
                assertThat(last).isEqualTo(socket("a"));
            } else if (last.equals(socket("a"))) {
                adoptedByVictim++;
            } else {
                assertThat(client.isServed)
                        .as("a client of the survivor: %s", outcome)
                        .isTrue();
            }
            assertThat(outcome.attempts().subList(0, outcome.attempts().size() - 1))
                    .as("what was tried before")
                    .allSatisfy(attempt ->
                            assertThat(isUntouched(attempt.outcome())).isTrue());
        }
        assertThat(pool.metrics().accepted(socket("a")))
                .isEqualTo(adoptedByVictim)
                .isPositive();
        assertThat(pool.metrics().failed(socket("a"), Stage.ACK, false)
                        + pool.metrics().failed(socket("a"), Stage.SEND, false))
                .isEqualTo(ambiguous);
        assertThat(pool.metrics().accepted(socket("b"))).isEqualTo(all - adoptedByVictim - ambiguous);
        assertThat(survivor.handle().isAlive()).isTrue();
    }

    private static boolean isUntouched(HandoffOutcome outcome) {
        return outcome instanceof Failed failed && failed.connectionUsable();
    }

    private Path socket(String name) {
        return directory.resolve(name);
    }

    private StartedProcess start(String name) throws Exception {
        StartedProcess process = StartedProcess.startUntil(
                JavaCommand.of(Backend.class)
                        .withJvmOptions("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                        .withArguments(socket(name).toString())
                        .toList(),
                line -> line.startsWith("listening on "));
        opened.add(process);
        return process;
    }

    private InetSocketAddress listen(HandoffPool pool) throws Exception {
        return (InetSocketAddress) new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public boolean isSharable() {
                        return true;
                    }

                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        int port = ((InetSocketAddress) ctx.channel().remoteAddress()).getPort();
                        pool.handOff(ctx.channel(), "echo", port)
                                .addListener((FutureListener<PoolOutcome>) done -> outcomes.put(port, done.getNow()));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel()
                .localAddress();
    }

    /** Keeps the connection open: no port is to be used twice. */
    private void connect(InetSocketAddress address, AtomicInteger connected) {
        try {
            Socket socket = new Socket(address.getAddress(), address.getPort());
            connected.incrementAndGet();
            clients.add(new Client(socket, isServed(socket)));
        } catch (IOException e) {
            throw new AssertionError("a client could not connect", e);
        }
    }

    private static boolean isServed(Socket socket) {
        byte[] said = ByteBuffer.allocate(Long.BYTES).putLong(System.nanoTime()).array();
        try {
            socket.getOutputStream().write(said);
            return ByteBuffer.wrap(socket.getInputStream().readNBytes(said.length))
                    .equals(ByteBuffer.wrap(said));
        } catch (IOException e) {
            return false;
        }
    }
}
