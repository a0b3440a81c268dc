package io.handoff.netty.adoption;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.Frames;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.backend.HandoffServerChannel;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same clients meet the same program, accepted by a {@code ServerBootstrap} and adopted: neither side sees a difference. */
@ExtendWith(NoDescriptorsLeft.class)
class AdoptedLikeAcceptedIT {

    private static final int LARGE = 4_000_000;

    @TempDir
    Path directory;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final List<AutoCloseable> opened = new ArrayList<>();
    private int sockets;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        EventLoops.end(loops);
    }

    enum Client {
        WAITS,
        ENDS_ITS_SIDE,
        RESETS
    }

    /** When the program reads. */
    enum Reads {
        ALWAYS,
        WHEN_IT_ASKS,
        UNTIL_IT_IS_ACTIVE
    }

    /** How connections are adopted. */
    private enum Way {
        BY_INITIALIZER,
        BY_LISTENER
    }

    /** What a client does, and what the program: how it reads, and what it answers when. */
    record Script(
            boolean isTcp, Client client, boolean allowsHalfClosure, Reads reads, int answerBytes, int delayMillis) {}

    /** What came of it. */
    private record Outcome(long clientGot, List<String> programSaw) {}

    static Stream<Script> scripts() {
        List<Script> scripts = new ArrayList<>();
        for (boolean isTcp : new boolean[] {true, false}) {
            for (Client client : Client.values()) {
                for (boolean allowsHalfClosure : new boolean[] {true, false}) {
                    for (Reads reads : Reads.values()) {
                        for (int delayMillis : new int[] {0, 50}) {
                            scripts.add(new Script(isTcp, client, allowsHalfClosure, reads, 7, delayMillis));
                        }
                    }
                }
            }
        }
        // What a reset leaves of the request is a matter of moments.
        return scripts.stream().filter(script -> script.client() != Client.RESETS || !script.isTcp());
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void shouldShowNoDifference(Script script) throws Exception {
        Outcome accepted = accepted(script);
        for (Way way : Way.values()) {
            assertNoDifference(script, accepted, adopted(script, way));
        }
    }

    private static void assertNoDifference(Script script, Outcome accepted, Outcome adopted) {

        if (accepted.programSaw().contains("UncheckedIOException")) {
            // Where input has been read to its end, Netty has taken an accepted channel out of epoll, and fails.
            assertThat(script.client()).isNotEqualTo(Client.WAITS);
            assertThat(adopted.clientGot())
                    .isEqualTo(script.client() == Client.ENDS_ITS_SIDE ? script.answerBytes() : 0);
        } else {
            assertThat(adopted).isEqualTo(accepted);
        }
    }

    static Stream<Script> largeAnswers() {
        return Stream.of(true, false)
                .flatMap(isTcp -> Stream.of(Reads.ALWAYS, Reads.WHEN_IT_ASKS)
                        .flatMap(reads -> Stream.of(0, 50)
                                .map(delay -> new Script(isTcp, Client.ENDS_ITS_SIDE, true, reads, LARGE, delay))));
    }

    /** Here an accepted channel is no measure: Netty has taken it out of epoll, and loses the rest. */
    @ParameterizedTest
    @MethodSource("largeAnswers")
    void shouldSendAllOfALargeAnswerToAClientThatHasEndedItsSide(Script script) throws Exception {
        for (Way way : Way.values()) {
            assertThat(adopted(script, way).clientGot()).isEqualTo(LARGE);
        }
    }

    private static ChannelInitializer<Channel> program(Script script, List<String> seen) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, script.allowsHalfClosure());
                channel.config().setAutoRead(script.reads() != Reads.WHEN_IT_ASKS);
                channel.pipeline().addLast(new ScriptedProgram(script, seen));
            }
        };
    }

    private Path newPath() {
        return directory.resolve("s" + sockets++);
    }

    private Outcome accepted(Script script) throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        Path path = newPath();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(script.isTcp() ? EpollServerSocketChannel.class : EpollServerDomainSocketChannel.class)
                .childHandler(program(script, seen));
        SocketAddress at = script.isTcp()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
                : new DomainSocketAddress(path.toFile());
        Channel listening = bootstrap.bind(at).sync().channel();
        opened.add(() -> listening.close().sync());
        SocketChannel client =
                SocketChannel.open(script.isTcp() ? listening.localAddress() : UnixDomainSocketAddress.of(path));
        return outcome(client, script, seen, () -> {});
    }

    private Outcome adopted(Script script, Way way) throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        Path server = newPath();
        HandoffServerBuilder builder = HandoffServer.builder(server).expectedTokens(ExpectedTokenPolicy.carried());
        if (way == Way.BY_INITIALIZER) {
            opened.add(builder.adoptInto(loops, program(script, seen)).start().get());
        } else {
            Channel listening = new ServerBootstrap()
                    .group(loops)
                    .channelFactory(() -> new HandoffServerChannel(builder))
                    .childHandler(program(script, seen))
                    .bind(new InetSocketAddress(0))
                    .sync()
                    .channel();
            opened.add(() ->
                    ((HandoffServerChannel) listening).server().orElseThrow().close());
            opened.add(() -> listening.close().sync());
        }
        Path path = newPath();
        Socket listening = script.isTcp() ? Socket.newSocketStream() : Socket.newSocketDomain();
        listening.bind(
                script.isTcp()
                        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
                        : new DomainSocketAddress(path.toFile()));
        listening.listen(1);
        SocketChannel client =
                SocketChannel.open(script.isTcp() ? listening.localAddress() : UnixDomainSocketAddress.of(path));
        int brokers = checked(listening.accept(new byte[128]));
        listening.close();
        return outcome(client, script, seen, () -> handOff(server, brokers));
    }

    private interface HandingOff {
        void run() throws IOException;
    }

    private static void handOff(Path server, int descriptor) throws IOException {
        HandoffToken token = HandoffToken.random();
        try (TestBroker broker = TestBroker.connect(server)) {
            broker.offer(Frames.offerFrame(token, 1).build(), descriptor);
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        }
        C.close(descriptor);
    }

    private static Outcome outcome(SocketChannel client, Script script, List<String> seen, HandingOff handOff)
            throws Exception {
        long got = 0;
        try (client) {
            client.write(ByteBuffer.wrap("request".getBytes(UTF_8)));
            switch (script.client()) {
                case ENDS_ITS_SIDE -> client.shutdownOutput();
                case RESETS -> {
                    if (script.isTcp()) {
                        client.setOption(StandardSocketOptions.SO_LINGER, 0);
                    }
                    client.close();
                }
                default -> {}
            }
            handOff.run();
            got = script.client() == Client.RESETS ? 0 : readAll(client);
        }
        await().until(() -> seen.contains("unregistered"));
        return new Outcome(got, List.copyOf(seen));
    }

    private static long readAll(SocketChannel client) {
        ByteBuffer bytes = ByteBuffer.allocate(65536);
        long all = 0;
        try {
            for (int read = client.read(bytes); read >= 0; read = client.read(bytes.clear())) {
                all += read;
            }
        } catch (IOException e) {
            // A reset, which a client sees where something that it sent has not been read.
            return all;
        }
        return all;
    }
}
