package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.LoggedWarnings;
import io.handoff.netty.ProgramConnection;
import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.answer.PipelineScript;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.OpenDescriptors;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The servers that are fuzzed over their sockets, made once for all programs: one takes the tokens that come with
 * descriptors and adopts on its own loop, the other knows its tokens, which live on another loop than some of its
 * connections, and takes framed connections, too.
 */
public final class FuzzedServers implements AutoCloseable {

    /** The number of the offers that are not the program's. */
    static final long GOOD_CLIENT = 0x600d_0000_600d_0000L;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final LoggedWarnings warnings = LoggedWarnings.listen();
    private final EventLoopGroup workers = newLoops(1);
    private final EventLoopGroup control = newLoops(2);
    private final ChannelGroup adopted = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicInteger adoptions = new AtomicInteger();
    private final Path directory = Files.createTempDirectory("handoff-fuzz");
    private final List<FuzzedServer> servers;
    private final Set<String> openAtRest;
    private int openCountAtRest;
    private final long buffersAtRest;

    FuzzedServers() throws Exception {
        servers = List.of(
                new FuzzedServer(builder("carried.sock").controlLoops(workers), List.of()),
                new FuzzedServer(builder("pending.sock").controlLoops(control), PipelineScript.PENDING));
        // What is opened once and for all is open then.
        begin();
        serveGoodClients();
        awaitQuiet();
        checkServers(List.of());
        openAtRest = OpenDescriptors.here();
        openCountAtRest = openCount();
        buffersAtRest = bytesInBuffers();
    }

    private static EventLoopGroup newLoops(int count) {
        return new MultiThreadIoEventLoopGroup(count, EpollIoHandler.newFactory());
    }

    private HandoffServerBuilder builder(String name) {
        return HandoffServer.builder(directory.resolve(name)).adoptInto(workers, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                HandedOffConnection origin =
                        channel.attr(HandedOffConnection.KEY).get();
                if (origin.correlationId() != GOOD_CLIENT) {
                    adoptions.incrementAndGet();
                    adopted.add(channel);
                }
                channel.pipeline().addLast(Echo.INSTANCE);
            }
        });
    }

    public FuzzedServer get(int index) {
        return servers.get(index);
    }

    public Path directory() {
        return directory;
    }

    void begin() throws Exception {
        adoptions.set(0);
        for (FuzzedServer server : servers) {
            server.begin();
        }
    }

    public boolean hasAdopted() {
        return adoptions.get() > 0;
    }

    /** Besides, whatever has connected before has been accepted by then. */
    void serveGoodClients() throws Exception {
        for (FuzzedServer server : servers) {
            server.serveGoodClient();
        }
    }

    /** Waits until every connection to the servers has ended, and every task that it left behind. */
    void awaitQuiet() throws Exception {
        for (FuzzedServer server : servers) {
            await("the connections to a server to end", server::isQuiet);
        }
        for (int hops = 0; hops < 3; hops++) {
            passOverAll(control);
            passOverAll(workers);
        }
    }

    private static void passOverAll(EventLoopGroup loops) throws Exception {
        for (EventExecutor loop : loops) {
            loop.submit(() -> {}).get();
        }
    }

    void checkServers(List<ProgramConnection> connections) throws Exception {
        for (FuzzedServer server : servers) {
            server.check(connections);
        }
    }

    /** Nothing that a program or a server has opened, buffered or failed at is left. */
    void checkRest() throws Exception {
        await("what was adopted to be closed, and every descriptor and buffer with it", () -> {
            adopted.close();
            return isAsAtRest() && bytesInBuffers() == buffersAtRest;
        });
        assertThat(warnings.take()).as("warnings logged").isEmpty();
    }

    private boolean isAsAtRest() throws IOException {
        if (openCount() == openCountAtRest) {
            return true;
        }
        // To look at each takes long. The JVM opens a file now and then, when it wants another class.
        boolean isAtRest = OpenDescriptors.here().equals(openAtRest);
        if (isAtRest) {
            openCountAtRest = openCount();
        }
        return isAtRest;
    }

    private static int openCount() {
        return Objects.requireNonNull(Path.of("/proc/self/fd").toFile().list()).length;
    }

    /** Known where the default allocator counts, as it does under Jazzer; in a replay NoBuffersLeaked looks for what is left. */
    private static long bytesInBuffers() {
        return ByteBufAllocator.DEFAULT instanceof UnpooledByteBufAllocator counting
                ? counting.metric().usedHeapMemory() + counting.metric().usedDirectMemory()
                : 0;
    }

    private static void await(String what, Callable<Boolean> isSo) throws Exception {
        long start = System.nanoTime();
        while (!isSo.call()) {
            assertThat(System.nanoTime() - start).as("time for " + what).isLessThan(PATIENCE_NANOS);
            pause();
        }
    }

    /** Between two looks at something. */
    public static void pause() {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
    }

    @Override
    public void close() throws IOException {
        servers.forEach(FuzzedServer::close);
        adopted.close().syncUninterruptibly();
        EventLoops.end(control);
        EventLoops.end(workers);
        Files.delete(directory);
    }

    /** Says what it hears. A connection that breaks is a client's right, anything else fails. */
    @Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        static final Echo INSTANCE = new Echo();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.writeAndFlush(msg);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof IOException) {
                ctx.close();
            } else {
                ctx.fireExceptionCaught(cause);
            }
        }
    }
}
