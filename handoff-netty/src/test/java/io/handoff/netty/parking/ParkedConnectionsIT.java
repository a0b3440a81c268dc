package io.handoff.netty.parking;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FaultyCalls;
import io.handoff.netty.Warns;
import io.handoff.netty.broker.HeldClient;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.listening.PassedDescriptors;
import io.handoff.netty.listening.SocketActivation;
import io.handoff.netty.takeover.Departure;
import io.handoff.netty.takeover.LineClient;
import io.handoff.netty.takeover.Release;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoBuffersLeaked;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A release parks its connections, and the next takes them back, with a service manager between them that is the test's own. */
@ExtendWith({NoBuffersLeaked.class, NoDescriptorsLeft.class})
@Timeout(120)
class ParkedConnectionsIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration ONCE = Duration.ofNanos(1);
    private static final int PLENTY = 1000;
    private static final Departure WITH_STATE = connection -> Optional.of(Release.stateOf(connection));

    @TempDir
    Path directory;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<LineClient> clients = new ArrayList<>();
    private Release first;
    private SocketAddress address;

    @BeforeEach
    void startFirst() throws Exception {
        first = opened(new Release("first", directory.resolve("first.sock"), loops));
        address = first.listen();
    }

    @AfterEach
    void stop() throws Exception {
        clients.forEach(LineClient::close);
        for (AutoCloseable each : opened) {
            each.close();
        }
        EventLoops.end(loops);
    }

    private <R extends AutoCloseable> R opened(R resource) {
        opened.add(0, resource);
        return resource;
    }

    private ServiceManagerOfTest manager(int max) throws Exception {
        return opened(new ServiceManagerOfTest(directory.resolve("notify").toString(), max));
    }

    private Release second() throws Exception {
        return opened(new Release("second", directory.resolve("second.sock"), loops));
    }

    /** Each has been served once, by the first release. */
    private void connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            LineClient client = new LineClient(address);
            clients.add(client);
            assertThat(client.ask("hello")).isEqualTo("first");
        }
    }

    /** A connection that bytes come to while it is held stays for a moment, and is not of the first batch then. */
    private void awaitUnserved(int bytes) {
        for (Channel connection : first.connections) {
            if (!(connection instanceof ServerChannel)) {
                await().until(() -> connection
                        .eventLoop()
                        .submit(() -> HeldClient.unserved(connection).length == bytes)
                        .get());
            }
        }
    }

    private static PassedDescriptors nothing() {
        return new PassedDescriptors(new SocketActivation(Map.of(), 1, 3));
    }

    private static ParkedConnections parked(@Nullable String notifySocket, PassedDescriptors passed) {
        return new ParkedConnections("lines", notifySocket, passed, LibcSocketCalls.INSTANCE);
    }

    private ParkingReport park(ServiceManagerOfTest manager) throws Exception {
        return parked(manager.address, nothing())
                .park(first.connections, WITH_STATE, LONG)
                .get();
    }

    private TakingBackReport takeBack(ServiceManagerOfTest manager, Release release) throws Exception {
        return parked(manager.address, manager.pass())
                .takeBack(loops, release.initializer())
                .get();
    }

    private void assertServedBy(String release) throws IOException {
        for (LineClient client : clients) {
            assertThat(client.ask("again")).isEqualTo(release);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 128, 200})
    void shouldGoOnInTheMiddleOfALineWhenTheNextProcessHasTakenThemBack(int count) throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(count);
        for (LineClient client : clients) {
            client.begin("half ");
        }
        // Of some of them at least the half has been read by then.
        connect(1);
        clients.get(count).begin("half ");

        assertThat(park(manager)).isEqualTo(new ParkingReport(count + 1, 0, 0, ""));
        assertThat(manager.names())
                .hasSizeBetween(count + 2, count + 4)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("lines-[0-9a-z]-?[0-9a-z]*"));
        for (LineClient client : clients) {
            client.begin("and ");
        }

        assertThat(takeBack(manager, second())).isEqualTo(new TakingBackReport(count + 1, 0, 0, ""));
        for (LineClient client : clients) {
            assertThat(client.finish("half and half", "half")).isEqualTo("second");
        }
        await().until(() -> manager.names().isEmpty());
    }

    @Test
    void shouldParkAgainWhatWasTakenBack() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(3);
        park(manager);
        Release second = second();
        PassedDescriptors passed = manager.pass();
        ParkedConnections parked = parked(manager.address, passed);
        parked.takeBack(loops, second.initializer()).get();
        assertServedBy("second");

        assertThat(parked.park(second.connections, WITH_STATE, LONG).get().parked())
                .isEqualTo(3);
        assertThat(manager.names())
                .as("none of them was there before")
                .containsExactly("lines-1", "lines-1-0", "lines-1-1", "lines-1-2");
        Release third = opened(new Release("third", directory.resolve("third.sock"), loops));
        takeBack(manager, third);
        assertServedBy("third");
    }

    @Test
    void shouldTakeThemBackAsConnectionsOfAListeningChannel() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(3);
        park(manager);
        Release second = second();
        second.listen();
        ServerChannel listener = (ServerChannel) second.connections.stream()
                .filter(ServerChannel.class::isInstance)
                .findFirst()
                .orElseThrow();

        assertThat(parked(manager.address, manager.pass())
                        .takeBack(listener)
                        .get()
                        .taken())
                .isEqualTo(3);
        assertServedBy("second");
    }

    @Test
    void shouldFindAManagerThatHasNoFile() throws Exception {
        ServiceManagerOfTest manager = opened(
                new ServiceManagerOfTest("@handoff-" + ProcessHandle.current().pid(), PLENTY));
        connect(1);

        assertThat(park(manager).parked()).isEqualTo(1);
        takeBack(manager, second());
        assertServedBy("second");
    }

    @Test
    void shouldTakeEachBackOnce() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(2);
        park(manager);
        PassedDescriptors passed = manager.pass();
        Release second = second();
        parked(manager.address, passed).takeBack(loops, second.initializer()).get();

        assertThat(parked(manager.address, passed)
                        .takeBack(loops, second.initializer())
                        .get())
                .isEqualTo(new TakingBackReport(0, 0, 0, ""));
        assertServedBy("second");
    }

    @Test
    void shouldTryAgainUntilTheProgramLetsThemGo() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(2);
        AtomicInteger asked = new AtomicInteger();

        ParkingReport report = parked(manager.address, nothing())
                .park(
                        first.connections,
                        connection -> asked.incrementAndGet() < 8 ? Optional.empty() : WITH_STATE.stateOf(connection),
                        LONG)
                .get();

        assertThat(report).isEqualTo(new ParkingReport(2, 0, 0, ""));
    }

    @Test
    void shouldServeThoseWhoMayNotGo() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(2);

        ParkingReport report = parked(manager.address, nothing())
                .park(first.connections, connection -> Optional.empty(), ONCE)
                .get();

        assertThat(report).isEqualTo(new ParkingReport(0, 0, 2, "the program does not let it go now"));
        assertServedBy("first");
    }

    @Test
    @Warns("stays for now")
    void shouldServeThoseOfWhomItCannotBeTold() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(1);

        ParkingReport report = parked(manager.address, nothing())
                .park(
                        first.connections,
                        connection -> {
                            throw new IOException("of this test");
                        },
                        ONCE)
                .get();

        assertThat(report.left()).isEqualTo(1);
        assertServedBy("first");
    }

    @Test
    void shouldServeThemHereIfThereIsNoManager() throws Exception {
        connect(2);

        assertThat(parked(null, nothing())
                        .park(first.connections, WITH_STATE, LONG)
                        .get())
                .isEqualTo(new ParkingReport(
                        0, 0, 2, "there is no service manager that keeps connections: NOTIFY_SOCKET is not set"));
        assertThat(parked(directory.resolve("nobody").toString(), nothing())
                        .park(first.connections, WITH_STATE, LONG)
                        .get()
                        .problem())
                .contains("nobody is at ");
        assertThat(parked("vsock:2:1", nothing())
                        .park(first.connections, WITH_STATE, LONG)
                        .get()
                        .problem())
                .contains("expected a path");
        assertServedBy("first");
    }

    @Test
    void shouldServeThemHereIfTheManagerKeepsNothing() throws Exception {
        ServiceManagerOfTest manager = manager(0);
        connect(5);

        ParkingReport report = park(manager);

        assertThat(report.left()).isEqualTo(5);
        assertThat(report.problem()).contains("FileDescriptorStoreMax=");
        assertServedBy("first");
    }

    @ParameterizedTest
    @CsvSource({"2,0", "3,1", "11,7", "12,10"})
    void shouldParkAsManyAsTheManagerKeeps(int max, int parked) throws Exception {
        ServiceManagerOfTest manager = manager(max);
        connect(10);

        for (LineClient client : clients) {
            client.begin("half ");
        }
        awaitUnserved("half ".length());

        ParkingReport report = park(manager);

        assertThat(report.parked()).isEqualTo(parked);
        assertThat(report.left()).isEqualTo(10 - parked);
        assertThat(takeBack(manager, second()).taken()).isEqualTo(parked);
        int servedByFirst = 0;
        for (LineClient client : clients) {
            servedByFirst += client.finish("half line", "line").equals("first") ? 1 : 0;
        }
        assertThat(servedByFirst).isEqualTo(10 - parked);
    }

    @Test
    @Warns("connections are not parked")
    void shouldServeThemHereIfTheManagerCannotBeTold() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(3);
        AtomicInteger sent = new AtomicInteger();
        SocketCalls failing = new FaultyCalls() {
            @Override
            public int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
                if (sent.incrementAndGet() == 3) {
                    throw new IOException("of this test");
                }
                return super.send(socket, bytes, passed);
            }
        };

        ParkingReport report = new ParkedConnections("lines", manager.address, nothing(), failing)
                .park(first.connections, WITH_STATE, LONG)
                .get();

        assertThat(report).isEqualTo(new ParkingReport(0, 0, 3, "of this test"));
        assertThat(sent).hasValue(3);
        await().until(() -> manager.names().isEmpty());
        assertServedBy("first");
    }

    @Test
    void shouldNotKeepWhatTheProgramClosesMeanwhile() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(2);
        SocketCalls closing = new FaultyCalls() {
            @Override
            public int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
                if (new String(bytes, US_ASCII).endsWith("lines-0-0")) {
                    // Of both of them, one has that name.
                    closeOneOf(first.connections);
                }
                return super.send(socket, bytes, passed);
            }
        };

        ParkingReport report = new ParkedConnections("lines", manager.address, nothing(), closing)
                .park(first.connections, WITH_STATE, LONG)
                .get();

        assertThat(report).isEqualTo(new ParkingReport(1, 1, 0, ""));
        await().until(() -> manager.names().size() == 2);
        assertThat(takeBack(manager, second()).taken()).isEqualTo(1);
    }

    private static void closeOneOf(ChannelGroup connections) {
        connections.stream()
                .filter(each -> !(each instanceof ServerChannel))
                .findFirst()
                .orElseThrow()
                .close()
                .awaitUninterruptibly();
    }

    /** The client reads nothing, so what was written to it cannot leave. */
    @Test
    void shouldServeAClientHereThatIsOwedBytes() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(2);
        Channel owing = first.connections.stream()
                .filter(each -> !(each instanceof ServerChannel))
                .findFirst()
                .orElseThrow();
        byte[] much = new byte[16 * 1024 * 1024];
        owing.writeAndFlush(Unpooled.wrappedBuffer(much));

        ParkingReport report = parked(manager.address, nothing())
                .park(first.connections, WITH_STATE, ONCE)
                .get();

        assertThat(report).isEqualTo(new ParkingReport(1, 0, 1, "what was written to it has not left"));
        assertThat(owing.isActive()).isTrue();
        assertThat(owing.isRegistered()).isTrue();
    }

    @Test
    void shouldTakeBackAClientThatHasHungUpMeanwhile() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(2);
        park(manager);
        clients.remove(0).socket.reset();
        Release second = second();

        assertThat(takeBack(manager, second)).isEqualTo(new TakingBackReport(2, 0, 0, ""));
        assertServedBy("second");
        await().until(() -> second.connections.size() == 1);
    }

    @Test
    @Warns({"lines-7-0, a connection that was parked, is closed", "lines-7-1, a connection that was parked, is closed"})
    void shouldCloseWhatCannotBeAdopted() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(1);
        park(manager);
        try (BlockingSocket withoutState = BlockingSocket.connect(address);
                BlockingSocket another = BlockingSocket.connect(address)) {
            manager.keep("lines-7-0", withoutState.descriptor());
            manager.keep("lines-7-1", another.descriptor());
            manager.keep("others-1", another.descriptor());
        }

        TakingBackReport report = takeBack(manager, second());

        assertThat(report.taken()).isEqualTo(1);
        assertThat(report.closed()).isEqualTo(2);
        assertThat(report.problem()).contains("nothing is known of it");
        await().until(() -> manager.names().equals(List.of("others-1")));
        assertServedBy("second");
    }

    @Test
    @Warns({"of this test", "is closed"})
    void shouldCloseThoseThatTheInitializerFailsFor() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(1);
        park(manager);

        TakingBackReport report = parked(manager.address, manager.pass())
                .takeBack(loops, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        throw new IllegalStateException("of this test");
                    }
                })
                .get();

        assertThat(report.closed()).isEqualTo(1);
        assertThat(clients.get(0).socket.receiveToEnd()).isEmpty();
        await().until(() -> manager.names().isEmpty());
    }

    /** It has ended before it took any; one that could not reach the manager has not touched them. */
    @Test
    void shouldLeaveThemToTheProcessAfterOneThatHasNotTakenThem() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(3);
        park(manager);
        Release second = second();
        assertThatThrownBy(() -> parked(directory.resolve("nobody").toString(), manager.pass())
                        .takeBack(loops, second.initializer())
                        .get())
                .hasMessageContaining("nobody is at ");
        manager.endProcess();

        assertThat(takeBack(manager, second).taken()).isEqualTo(3);
        assertServedBy("second");
    }

    /** Whom a process has begun to serve no other may, so it serves only whom it can remove. */
    @Test
    @Warns("is left to the next process")
    void shouldLeaveThemToTheNextProcessIfTheManagerDoesNotLetGoOfThem() throws Exception {
        ServiceManagerOfTest manager = manager(PLENTY);
        connect(3);
        park(manager);
        Release second = second();
        SocketCalls failing = new FaultyCalls() {
            @Override
            public int send(FileDescriptor socket, byte[] bytes) throws IOException {
                if (new String(bytes, US_ASCII).startsWith("FDSTOREREMOVE=1")) {
                    throw new IOException("of this test");
                }
                return super.send(socket, bytes);
            }
        };

        TakingBackReport report = new ParkedConnections("lines", manager.address, manager.pass(), failing)
                .takeBack(loops, second.initializer())
                .get();

        assertThat(report.left()).isEqualTo(3);
        assertThat(report.problem()).contains("of this test");
        assertThat(takeBack(manager, second).taken()).isEqualTo(3);
        assertServedBy("second");
    }

    @Test
    void shouldTakeNothingThatIsAnotherProcess() throws Exception {
        Map<String, String> environment = Map.of("LISTEN_FDS", "1", "LISTEN_PID", "1", "LISTEN_FDNAMES", "lines-0");

        TakingBackReport report = parked(null, new PassedDescriptors(new SocketActivation(environment, 2, 3)))
                .takeBack(loops, second().initializer())
                .get();

        assertThat(report).isEqualTo(new TakingBackReport(0, 0, 0, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a-b", "a:b", "a b", "a name that is longer than thirty-two"})
    void shouldRefuseANameThatIsNone(String name) {
        assertThatThrownBy(() -> ParkedConnections.named(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }
}
