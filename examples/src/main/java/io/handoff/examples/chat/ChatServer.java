package io.handoff.examples.chat;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.parking.ParkedConnections;
import io.handoff.netty.parking.ParkingReport;
import io.handoff.netty.parking.TakingBackReport;
import io.handoff.netty.takeover.HandoffTakeover;
import io.handoff.netty.takeover.TakeoverReport;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A chat server that takes its clients from a broker, or from the release before it, and hands them to the next release; or parks them with the
 * service manager until that is there.
 */
@Command(
        name = "chat-server",
        mixinStandardHelpOptions = true,
        description =
                "A chat over WebSockets. On SIGTERM all connections go to the next release, as they are, or wait for it with the"
                        + " service manager.")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ChatServer implements Callable<Integer> {

    /** For the brokers that have connected and not yet sent their offers. */
    private static final Duration QUIET_PERIOD = Duration.ofMillis(200);

    /**
     * For one offer, and for all connections. Clients whose connections move wait meanwhile and nothing is lost, but one that
     * the successor has not answered for by then is: so there is time for a process that has only just started on a busy machine.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** For the successor to listen. If none does, there is nobody to move to. */
    private static final Duration SUCCESSOR = Duration.ofSeconds(5);

    /** Between two attempts of those that could not leave. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** More than its own state and bytes: the rest of an offer. */
    private static final int OFFER_BYTES = 1024;

    @Option(names = "--release", required = true, paramLabel = "NAME", description = "What the page shows.")
    private String release;

    @Option(
            names = "--socket",
            required = true,
            paramLabel = "PATH",
            description = "Take over connections on this handoff socket.")
    private Path socket;

    @Option(
            names = "--successor",
            paramLabel = "PATH",
            description =
                    "The handoff socket that leads to the next release by the time this one is told to stop. Without it, connections"
                            + " are parked with the service manager.")
    private @Nullable Path successor;

    @Option(
            names = "--rooms",
            required = true,
            paramLabel = "DIRECTORY",
            description = "Where the rooms' files are, which all releases share.")
    private Path roomFiles;

    private final ParkedConnections parked = ParkedConnections.named("chat");
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** Runs the server and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ChatServer()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Rooms rooms = new Rooms(roomFiles);
        ChatInitializer initializer = new ChatInitializer(connections, rooms, release);
        TakingBackReport back = parked.takeBack(loops, initializer).get();
        if (back.taken() + back.closed() + back.left() > 0) {
            System.out.println("took back " + back.taken() + ", lost " + (back.closed() + back.left()));
        }
        HandoffServer handoffs = HandoffServer.builder(socket)
                .controlLoops(loops)
                .offerTimeout(PATIENCE)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .maxStateBytes(ChatInitializer.MAX_STATE_BYTES)
                .maxFrameLength(ChatInitializer.MAX_STATE_BYTES + OFFER_BYTES)
                .adoptInto(loops, initializer)
                .start()
                .get();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(handoffs, rooms)));
        System.out.println("serving");
        loops.terminationFuture().sync();
        return CommandLine.ExitCode.OK;
    }

    /** Takes no more connections, then lets go of those that there are. */
    private void leave(HandoffServer handoffs, Rooms rooms) {
        handoffs.shutdownGracefully(QUIET_PERIOD, PATIENCE).awaitUninterruptibly();
        String what = successor == null ? park() : handOver(successor);
        rooms.close();
        loops.shutdownGracefully(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
        System.out.println(what);
    }

    private String handOver(Path successor) {
        HandoffBroker broker = HandoffBroker.builder(successor)
                .timeout(PATIENCE)
                .carryState(true)
                .build();
        TakeoverReport report = HandoffTakeover.builder(broker, connections)
                .serviceName("chat")
                .departure(ChatInitializer::departure)
                .retryAfter(PAUSE)
                .awaitSuccessor(SUCCESSOR)
                .deadline(PATIENCE)
                .start()
                .report()
                .awaitUninterruptibly()
                .getNow();
        return "handed over " + report.moved() + ", left " + report.left() + ", lost " + report.lost();
    }

    private String park() {
        ParkingReport report = parked.park(connections, ChatInitializer::departure, PATIENCE)
                .awaitUninterruptibly()
                .getNow();
        return "parked " + report.parked() + ", left " + report.left();
    }
}
