package io.handoff.examples.http;

import io.handoff.netty.ExpectedTokenPolicy;
import io.handoff.netty.HandoffServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An HTTP/1.1 server that takes over connections of other processes on a handoff socket, and hands its own to a successor:
 * each after a request for {@code /move}, and all of them when it is told to stop.
 */
@Command(
        name = "http-server",
        mixinStandardHelpOptions = true,
        description =
                "Answers each HTTP request with the number of this process. After a request for /move its connection"
                        + " goes to the successor. On SIGTERM all connections do, each between two requests.")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class HttpServer implements Callable<Integer> {

    /** For the brokers that have connected and not yet sent their offers. */
    private static final Duration QUIET_PERIOD = Duration.ofMillis(200);

    /** For offers that have begun to arrive, and then for the connections to come between two requests. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Between two attempts of those that could not leave. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    @Option(names = "--listen", paramLabel = "PORT", description = "Accept connections on this port of 127.0.0.1, too.")
    private @Nullable Integer port;

    @Option(
            names = "--socket",
            required = true,
            paramLabel = "PATH",
            description = "Take over connections on this handoff socket.")
    private Path socket;

    @Option(
            names = "--successor",
            required = true,
            paramLabel = "PATH",
            description = "The handoff socket of the process that the connections go to; looked up for each.")
    private Path successorSocket;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** Runs the server and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new HttpServer()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Successor successor = new Successor(successorSocket);
        HttpInitializer http = new HttpInitializer(connections, successor);
        Channel acceptor = port == null ? null : listen(port, http);
        HandoffServer handoffs = HandoffServer.builder(socket)
                .controlLoops(loops)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .adoptInto(loops, http)
                .start()
                .get();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(acceptor, handoffs, successor)));
        System.out.println(acceptor == null ? "serving" : "serving on " + acceptor.localAddress());
        loops.terminationFuture().sync();
        return CommandLine.ExitCode.OK;
    }

    private Channel listen(int port, HttpInitializer http) throws InterruptedException {
        return new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(http)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .sync()
                .channel();
    }

    /** Takes no more connections, then lets go of those that there are. */
    private void leave(@Nullable Channel acceptor, HandoffServer handoffs, Successor successor) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        if (acceptor != null) {
            acceptor.close().awaitUninterruptibly();
        }
        handoffs.shutdownGracefully(QUIET_PERIOD, PATIENCE).awaitUninterruptibly();
        do {
            connections.forEach(BetweenRequests::leave);
        } while (!connections.newCloseFuture().awaitUninterruptibly(PAUSE.toMillis()) && System.nanoTime() < deadline);
        int left = connections.size();
        // What became of the last ones is known only then.
        loops.shutdownGracefully(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
        System.out.println("handed over " + successor.taken() + ", left " + left);
    }
}
