package io.handoff.examples.http;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.takeover.HandoffTakeover;
import io.handoff.netty.takeover.TakeoverReport;
import io.handoff.netty.token.ExpectedTokenPolicy;
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
import java.util.Optional;
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
                        + " goes to the successor. On SIGTERM all connections do, at any byte but while they are owed an answer.")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class HttpServer implements Callable<Integer> {

    /** For the brokers that have connected and not yet sent their offers. */
    private static final Duration QUIET_PERIOD = Duration.ofMillis(200);

    /** For offers that have begun to arrive; then for the successor; and then for the answers that are owed. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final byte[] NO_STATE = {};

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
                .offerTimeout(Successor.TIME_FOR_ONE)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .maxStateBytes(HttpInitializer.MAX_REQUEST_BYTES)
                .maxFrameLength(HttpInitializer.MAX_REQUEST_BYTES + 1024)
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
        if (acceptor != null) {
            acceptor.close().awaitUninterruptibly();
        }
        handoffs.shutdownGracefully(QUIET_PERIOD, PATIENCE).awaitUninterruptibly();
        TakeoverReport report = HandoffTakeover.builder(successor.broker(), connections)
                .serviceName("http")
                .departure(connection -> OpenRequests.areNone(connection) ? Optional.of(NO_STATE) : Optional.empty())
                .atOnce(Successor.AT_A_TIME)
                .retryAfter(PAUSE)
                .awaitSuccessor(PATIENCE)
                .deadline(PATIENCE)
                .start()
                .report()
                .awaitUninterruptibly()
                .getNow();
        loops.shutdownGracefully(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
        System.out.println("handed over " + (successor.taken() + report.moved()) + ", left " + report.left() + ", lost "
                + report.lost());
    }
}
