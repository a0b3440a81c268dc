package io.handoff.netty.parking;

import io.handoff.netty.adoption.AdoptionTarget;
import io.handoff.netty.adoption.ConnectionAdopter;
import io.handoff.netty.descriptor.DescriptorCheck;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.ListenerIdentity;
import io.handoff.netty.descriptor.NativeCode;
import io.handoff.netty.descriptor.NettyVersion;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.listening.PassedDescriptors;
import io.handoff.netty.takeover.Departure;
import io.handoff.netty.token.Bounds;
import io.handoff.netty.wire.HandoffPeer;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections that wait with the service manager while no process of the program runs, for a deployment that stops a release and then starts
 * the next: one parks them before it ends, the next takes them back at its start. Their clients wait meanwhile, and notice nothing else.
 *
 * <pre>{@code
 * ParkedConnections parked = ParkedConnections.named("chat");
 * parked.takeBack(workers, initializer).get();                                        // at the start
 * ParkingReport report = parked.park(connections, departure, patience).get();         // at the end
 * }</pre>
 *
 * <p><b>The manager</b> is systemd, or whatever speaks sd_notify(3) at {@code NOTIFY_SOCKET} with {@code FDSTORE}, {@code FDSTOREREMOVE} and
 * {@code BARRIER}, and passes what it keeps at the next start ({@code LISTEN_FDS}, {@code LISTEN_FDNAMES}). The unit sets
 * {@code FileDescriptorStoreMax=} and lets the program notify ({@code NotifyAccess=main}). A page, docs/parking.md, has all of it.
 *
 * <p><b>What is stored.</b> Each connection under a name of its own, and for each 128 of them, or fewer, one more descriptor: a file that is
 * nowhere but in memory, with the state and the unread bytes of each, in the order of their names. It goes before them, has the number of their
 * batch in its name, and is never changed. So there is no connection in the store without its state. There is
 * no file on a disk that could be older or newer than what the manager has, or be read by anybody else.
 *
 * <p><b>Ownership.</b> A connection is taken out of its pipeline as {@code HandoffBroker} does, and refused for the same reasons. It is closed here
 * when the manager is known to have it with its state; until then, and if the manager does not take it, it is the program's, and served as
 * before. The manager is asked: it has to take one descriptor more than it is given.
 *
 * <p><b>A crash</b> loses the connections that the process serves then: they are not parked. What is parked stays so, whether a process
 * crashes that parks others, or one that has not taken them back yet. See {@link #takeBack(EventLoopGroup, ChannelHandler)}.
 *
 * <p><b>Threading.</b> Every method may be called from any thread.
 */
public final class ParkedConnections {

    private static final Logger logger = LoggerFactory.getLogger(ParkedConnections.class);

    /** For event loops that set connections up. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** No handoff socket is listened at here. */
    private static final ListenerIdentity NO_HANDOFF_SOCKET = new ListenerIdentity(null, 0, 0, 0);

    private final String name;
    private final @Nullable String notifySocket;
    private final PassedDescriptors passed;
    private final SocketCalls calls;
    private final ParkedNames names;
    private volatile Predicate<? super ChannelHandler> vouchedFor = handler -> false;

    ParkedConnections(String name, @Nullable String notifySocket, PassedDescriptors passed, SocketCalls calls) {
        this.name = name;
        this.notifySocket = notifySocket;
        this.passed = passed;
        this.calls = calls;
        this.names = new ParkedNames(name, passed.names());
    }

    /**
     * Finds the service manager of this process, and what it has passed, in the environment.
     *
     * @param name what the connections are called in the store, the same in all releases of a program: at most 32 letters, digits, dots and
     *     underscores. The shorter it is, the more connections fit: all names together have to fit into 120,000 bytes. A program
     *     with connections of two kinds has two names
     * @return the parked connections of that name. Whether there is a manager is only asked when it is needed
     * @throws IllegalArgumentException if the name is another
     * @throws UnsupportedOperationException if Netty is older than 4.2, or its native code or JNA's cannot be loaded here; the
     *     message says why, and names what to set
     */
    public static ParkedConnections named(String name) {
        NettyVersion.require("parking connections");
        NativeCode.require("parking connections");
        return new ParkedConnections(
                name, System.getenv("NOTIFY_SOCKET"), PassedDescriptors.ofThisProcess(), LibcSocketCalls.INSTANCE);
    }

    /**
     * Vouches for handlers that would be refused because they may hold bytes, as {@code HandoffBrokerBuilder.vouchFor} does.
     *
     * @param vouchedFor true for a handler that holds nothing of the connection now; asked on the connection's event loop; default none
     * @return this
     */
    public ParkedConnections vouchFor(Predicate<? super ChannelHandler> vouchedFor) {
        this.vouchedFor = vouchedFor;
        return this;
    }

    /**
     * Parks connections. One that cannot go now is served here as before, and tried again. Connections that come into the group meanwhile go,
     * too; so a program stops accepting first. It starts no process meanwhile: a child that has just been forked could hide that the manager
     * keeps no more.
     *
     * @param connections the program's connections; listening channels among them are left alone
     * @param departure says whether a connection may go now and with what state, as when a successor takes over
     * @param patience how long those that cannot go yet are tried again. Parking itself takes as long as it takes, and ten seconds more
     *     where the manager does not answer
     * @return completed, always with success and on Netty's {@code GlobalEventExecutor}, when each connection is parked, has ended, or is served
     *     here as before: all of them, if there is no manager. Nothing is closed because it could not be parked
     * @throws IllegalArgumentException if the patience is zero or negative
     */
    public Future<ParkingReport> park(ChannelGroup connections, Departure departure, Duration patience) {
        Bounds.positive(patience, "patience");
        return onThread(() -> {
            ParkingReport report = parkNow(connections, departure, patience);
            logger.info(
                    "parked {} connections as {}, ended={} left={} problem={}",
                    report.parked(),
                    name,
                    report.ended(),
                    report.left(),
                    report.problem());
            return report;
        });
    }

    private ParkingReport parkNow(ChannelGroup connections, Departure departure, Duration patience)
            throws InterruptedException, IOException {
        ServiceManager manager;
        try {
            manager = manager();
        } catch (IOException e) {
            return Parking.nothing(connections, String.valueOf(e.getMessage()));
        }
        try (manager) {
            return new Parking(manager, names, calls, departure, vouchedFor).run(connections, patience);
        }
    }

    private ServiceManager manager() throws IOException {
        if (notifySocket == null) {
            throw new IOException("there is no service manager that keeps connections: NOTIFY_SOCKET is not set");
        }
        return ServiceManager.connect(notifySocket, calls);
    }

    /**
     * Takes back what was parked, to the program's event loops, with its initializer. {@code HandedOffConnection.KEY} of each channel tells its
     * state, and this process for a broker; what its client had sent and nobody had served is what the channel reads first.
     *
     * <p>The connections of a batch, which are 128 or fewer, are set up. Then each is removed from the manager, and only then served. So a process
     * that ends while they are set up, or before, leaves them to the next; one that is killed in the moment between loses the connection. None is
     * served by two processes. One that the initializer throws for is closed.
     *
     * @param workers the loops, with an {@code EpollIoHandler}
     * @param initializer the program's, one for all connections, as for accepted ones
     * @return completed on Netty's {@code GlobalEventExecutor} when all are active; nothing is taken the second time. It fails if the manager
     *     cannot be reached or what it has passed cannot be had: then nothing is taken
     * @throws IllegalArgumentException if the initializer can be added to one pipeline only
     */
    public Future<TakingBackReport> takeBack(EventLoopGroup workers, ChannelHandler initializer) {
        return takeBack(workers, AdoptionTarget.of(workers, AdoptionTarget.checkInitializer(initializer)));
    }

    /**
     * Takes back what was parked, as connections that a listening channel of the program's has accepted. Otherwise as {@link
     * #takeBack(EventLoopGroup, ChannelHandler)}.
     *
     * @param listener the listening channel, which is registered, and active by then
     * @return as there
     * @throws IllegalArgumentException if the channel is not registered
     */
    public Future<TakingBackReport> takeBack(ServerChannel listener) {
        return takeBack(listener.eventLoop(), AdoptionTarget.of(listener));
    }

    private Future<TakingBackReport> takeBack(EventLoopGroup controlLoops, AdoptionTarget target) {
        return onThread(() -> {
            if (passed.names().stream().noneMatch(names::isOurs)) {
                return new TakingBackReport(0, 0, 0, "");
            }
            TakingBackReport report = takeBackNow(controlLoops, target);
            logger.info(
                    "took {} connections back as {}, closed={} left={} problem={}",
                    report.taken(),
                    name,
                    report.closed(),
                    report.left(),
                    report.problem());
            return report;
        });
    }

    private TakingBackReport takeBackNow(EventLoopGroup controlLoops, AdoptionTarget target) throws IOException {
        try (ServiceManager manager = manager();
                ConnectionAdopter adopter = new ConnectionAdopter(
                        calls,
                        new DescriptorCheck(calls, NO_HANDOFF_SOCKET),
                        controlLoops,
                        target,
                        Integer.MAX_VALUE,
                        PATIENCE)) {
            return new TakingBack(manager, names, name, adopter, controlLoops, self())
                    .run(passed.take(names::isOurs, calls));
        }
    }

    private static HandoffPeer self() throws IOException {
        Path process = Path.of("/proc/self");
        return new HandoffPeer((int) ProcessHandle.current().pid(), (int) Files.getAttribute(process, "unix:uid"), (int)
                Files.getAttribute(process, "unix:gid"));
    }

    private static <R> Future<R> onThread(Callable<R> task) {
        Promise<R> result = GlobalEventExecutor.INSTANCE.newPromise();
        Runnable runnable = () -> {
            try {
                result.setSuccess(task.call());
            } catch (Throwable e) {
                result.setFailure(e);
            }
        };
        Thread thread = new Thread(runnable, "handoff-parking");
        thread.setDaemon(true);
        thread.start();
        return result;
    }
}
