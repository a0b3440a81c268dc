package io.handoff.netty.preface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.FaultyCalls;
import io.handoff.netty.Warns;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.preface.ClientPreface.Silent;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.OpenDescriptors;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of a peek, however it comes: the channel is as it came, or closed for good. */
class PeekEndIT extends PeekFixture {

    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVLOWAT = 18;

    /** All that the kernel tells of a socket here: its options, its flags, its entry in epoll, and which descriptors there are. */
    private record Seen(int lowWater, int room, List<String> flags, List<String> inEpoll, List<String> open) {}

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheSocketAsItCameWhenTheFutureIsComplete(Family family) throws Exception {
        Served served = connect(family);
        Seen before = seen(served);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        AtomicReference<Seen> after = new AtomicReference<>();
        peeked.addListener(done -> after.set(seen(served)));
        awaitWait(served.channel());
        assertThat(seen(served)).isNotEqualTo(before);

        served.client().send(REQUEST);

        get(peeked);
        await().until(() -> after.get() != null);
        assertThat(after).hasValue(before);
        assertThat(before.inEpoll()).hasSize(1);
        assertAsItCame(served);
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheSocketAsItCameWhenThePeekIsCancelled(Family family) throws Exception {
        Served served = connect(family);
        Seen before = seen(served);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        AtomicReference<Seen> after = new AtomicReference<>();
        peeked.addListener(done -> after.set(seen(served)));
        awaitWait(served.channel());

        assertThat(peeked.cancel(false)).isTrue();

        assertThat(causeOf(peeked)).isInstanceOf(CancellationException.class);
        await().until(() -> after.get() != null);
        assertThat(after).hasValue(before);
        assertThat(peeked.cancel(false)).isFalse();
        assertAsItCame(served);
    }

    @Test
    void shouldEndWhenItIsCancelledAtOnce() throws Exception {
        Served served = connect(Family.TCP);

        Future<ClientPreface> peeked = served.channel()
                .eventLoop()
                .submit(() -> {
                    Future<ClientPreface> begun = peeker(LONG).peek(served.channel());
                    begun.cancel(false);
                    return begun;
                })
                .get();

        assertThat(causeOf(peeked)).isInstanceOf(CancellationException.class);
        assertAsItCame(served);
        Future<ClientPreface> fromElsewhere = peeker(LONG).peek(served.channel());
        fromElsewhere.cancel(false);
        assertThat(causeOf(fromElsewhere)).isInstanceOf(CancellationException.class);
        assertAsItCame(served);
    }

    @Test
    void shouldPeekAgain() throws Exception {
        Served served = connect(Family.TCP);

        assertThat(get(peeker(SHORT).peek(served.channel()))).isEqualTo(new Silent());
        served.client().send(REQUEST);

        assertThat(get(peeker(LONG).peek(served.channel()))).isEqualTo(OF_REQUEST);
        assertAsItCame(served);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailWhenTheClientEndsItsSideWithoutAByte(Family family) throws Exception {
        Served served = connect(family);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        served.client().shutdownOutput();

        assertThat(causeOf(peeked))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessage("the client has ended its connection before it said anything");
        await().until(() -> !served.channel().isOpen());
        await().untilAsserted(() ->
                assertThat(served.echo().events).containsExactly("registered", "inactive", "unregistered", "removed"));
    }

    @Test
    @Warns(sometimes = "Connection reset by peer")
    void shouldFailWhenTheClientResetsItsConnection() throws Exception {
        Served served = connect(Family.TCP);
        served.client().send("GET / HT");
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        served.client().reset();

        assertThat(causeOf(peeked))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessage("the client has reset its connection");
    }

    @Test
    void shouldFailWhenTheConnectionIsBrokenAlready() throws Exception {
        IOException broken = new IOException("recv(..) failed with error(-104): Connection reset by peer");
        Served served = connect(Family.TCP);
        PrefacePeeker peeker = PrefacePeeker.builder()
                .socketCalls(new FaultyCalls() {
                    @Override
                    public int peek(FileDescriptor socket, byte[] into) throws IOException {
                        throw broken;
                    }
                })
                .build();

        assertThat(causeOf(peeker.peek(served.channel())))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessage("the client's connection has failed: " + broken.getMessage())
                .hasCause(broken);
        assertAsItCame(served);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailWhenTheProgramClosesTheChannel(Family family) throws Exception {
        Served served = connect(family);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        served.channel().close().sync();

        assertClosedHere(served, peeked);
    }

    @Test
    void shouldFailWhenTheProgramClosesTheChannelAtOnce() throws Exception {
        Served served = connect(Family.TCP);

        Future<ClientPreface> peeked = served.channel()
                .eventLoop()
                .submit(() -> {
                    Future<ClientPreface> begun = peeker(LONG).peek(served.channel());
                    served.channel().close();
                    return begun;
                })
                .get();

        assertClosedHere(served, peeked);
    }

    @Test
    void shouldFailWhenNettyClosesTheChannel() throws Exception {
        Served served = connect(Family.TCP);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        onLoop(
                served.channel(),
                () -> served.channel().unsafe().close(served.channel().newPromise()));

        assertClosedHere(served, peeked);
    }

    @Test
    void shouldFailWhenAChannelWithLingerIsClosed() throws Exception {
        Served served = connect(Family.TCP);
        served.channel().config().setOption(ChannelOption.SO_LINGER, 1);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        served.channel().close().sync();

        assertClosedHere(served, peeked);
    }

    private static void assertClosedHere(Served served, Future<ClientPreface> peeked) throws Exception {
        assertThat(causeOf(peeked))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessage("the client's channel was closed while its first bytes were awaited");
        assertThat(served.client().receiveToEnd()).isEmpty();
        await().untilAsserted(() -> assertThat(served.echo().events)
                .containsExactlyInAnyOrder("registered", "inactive", "unregistered", "removed"));
    }

    @Test
    void shouldFailWhenTheEventLoopEnds() throws Exception {
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        FakeBroker program = opened(new FakeBroker(loops)).childOption(ChannelOption.AUTO_READ, false);
        Served served = program.listenOnTcp().connect();
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        EventLoops.end(loops);

        assertThat(causeOf(peeked))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessage("the client's event loop has ended");
        assertThat(served.channel().isOpen()).isFalse();
        assertThat(causeOf(peeker(LONG).peek(served.channel())))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessage("the client's event loop has ended");
    }

    @Test
    void shouldFailWhenBytesAreReadMeanwhile() throws Exception {
        Served served = connect(Family.TCP);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        onLoop(served.channel(), () -> served.channel().pipeline().fireChannelRead(Unpooled.copiedBuffer(new byte[1])));

        assertThat(causeOf(peeked))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "bytes of the client were read while they were awaited; expected nothing to read from its channel");
        assertThat(served.client().receive(1)).hasSize(1);
    }

    @Test
    void shouldLetTheProgramWriteMeanwhile() throws Exception {
        Served served = connect(Family.TCP);
        byte[] much = new byte[16 << 20];
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        served.channel().writeAndFlush(Unpooled.wrappedBuffer(much));
        assertThat(served.client().receive(1024)).hasSize(1024);
        served.client().send(REQUEST);

        assertThat(get(peeked)).isEqualTo(OF_REQUEST);
        assertThat(served.client().receive(much.length - 1024)).hasSize(much.length - 1024);
        assertAsItCame(served);
    }

    @Test
    void shouldReadAsTheProgramHasSaidMeanwhile() throws Exception {
        Served served = connect(Family.TCP);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());
        onLoop(served.channel(), () -> served.channel().config().setAutoRead(true));

        served.client().send(REQUEST);

        assertThat(get(peeked)).isEqualTo(OF_REQUEST);
        assertThat(served.client().receiveText(REQUEST.length())).isEqualTo(REQUEST);
    }

    @Test
    void shouldRefuseAChannelThatReadsByItself() throws Exception {
        Served served = opened(new FakeBroker()).listenOnTcp().connect();

        assertThat(causeOf(peeker(LONG).peek(served.channel())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the client's channel reads by itself; expected ChannelOption.AUTO_READ to be off from the start");
        assertThat(served.client().send("served").receiveText(6)).isEqualTo("served");
    }

    @Test
    void shouldRefuseAChannelThatIsPeekedAtAlready() throws Exception {
        Served served = connect(Family.TCP);
        Future<ClientPreface> first = peeker(LONG).peek(served.channel());

        assertThat(causeOf(peeker(LONG).peek(served.channel())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the first bytes of the client are awaited already");
        served.client().send(REQUEST);
        assertThat(get(first)).isEqualTo(OF_REQUEST);
        assertAsItCame(served);
    }

    @Test
    void shouldRefuseAChannelThatHasLeftItsEventLoop() throws Exception {
        Served served = connect(Family.TCP);
        served.channel().deregister().sync();

        assertThat(causeOf(peeker(LONG).peek(served.channel())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the client's channel is not registered with an event loop; is it being handed off?");
        served.channel().close().sync();
    }

    @Test
    void shouldRefuseAChannelThatIsClosed() throws Exception {
        Served served = connect(Family.TCP);
        served.channel().close().sync();

        assertThat(causeOf(peeker(LONG).peek(served.channel())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the client's connection is not open in both directions");
    }

    @Test
    void shouldRefuseAChannelOfAnotherKind() throws Exception {
        EmbeddedChannel embedded = new EmbeddedChannel();

        assertThat(causeOf(peeker(LONG).peek(embedded)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the client's channel is a EmbeddedChannel; expected a stream channel of the epoll transport");
        embedded.finish();
    }

    @Test
    void shouldRefuseAChannelWithoutAnEventLoop() throws Exception {
        Channel unregistered = new EpollSocketChannel();

        assertThat(causeOf(peeker(LONG).peek(unregistered)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the client's channel has no event loop yet");
        unregistered.unsafe().closeForcibly();
    }

    private void assertAsItCame(Served served) {
        Channel client = served.channel();
        await().until(client::isRegistered);
        assertThat(client.isOpen()).isTrue();
        assertThat(client.config().isAutoRead()).isFalse();
        assertThat(client.pipeline().get(PeekGuard.class)).isNull();
        assertThat(served.echo().events).containsExactly("registered");
    }

    private static Seen seen(Served served) throws IOException {
        FileDescriptor socket = socketOf(served);
        List<String> flags =
                Files.readAllLines(Path.of("/proc/self/fdinfo", String.valueOf(socket.intValue()))).stream()
                        .filter(line -> line.startsWith("flags:"))
                        .toList();
        return new Seen(
                LibcSocketCalls.INSTANCE.option(socket, SO_RCVLOWAT),
                LibcSocketCalls.INSTANCE.option(socket, SO_RCVBUF),
                flags,
                inEpoll(socket),
                OpenDescriptors.here().stream().sorted().toList());
    }

    private static List<String> inEpoll(FileDescriptor socket) throws IOException {
        List<String> entries = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fdinfo"))) {
            for (Path info : (Iterable<Path>) all::iterator) {
                try {
                    Files.readAllLines(info).stream()
                            .filter(line -> line.matches("tfd: +" + socket.intValue() + " .*"))
                            .forEach(entries::add);
                } catch (NoSuchFileException e) {
                    // Closed since it was listed.
                }
            }
        }
        return entries;
    }
}
