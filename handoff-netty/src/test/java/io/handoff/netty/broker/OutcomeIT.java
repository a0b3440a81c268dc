package io.handoff.netty.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.Libc;
import io.handoff.netty.Warns;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.broker.ThrowingCalls.Thrown;
import io.handoff.testkit.ScriptedBackend;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.stream.ChunkedStream;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every handoff has its outcome, whatever is thrown and whatever ends meanwhile. */
class OutcomeIT extends BrokerFixture {

    // Handlers that hold bytes

    @Test
    void shouldLeaveAConnectionAloneWhileAHandlerStillWrites() throws Exception {
        Served served = serve();
        addFirst(served, new ChunkedWriteHandler());
        served.channel()
                .writeAndFlush(new ChunkedStream(new ByteArrayInputStream(new byte[MUCH])))
                .addListener(done -> {});

        Failed failed = getFailed(handOff(broker(), served));

        assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed.cause()).hasMessageContaining("ChunkedWriteHandler) may hold bytes");
        assertThat(served.client().receive(MUCH)).isEqualTo(new byte[MUCH]);
        assertGoesOn(served, failed);
    }

    @Test
    void shouldHandOffAConnectionWhoseHandlersTheProgramVouchesFor() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();
        addFirst(served, new ChunkedWriteHandler());
        HandoffBroker broker =
                builder().vouchFor(ChunkedWriteHandler.class::isInstance).build();

        assertThat(get(handOff(broker, served))).isEqualTo(new Accepted());
        backend.takeHandoff().client();
    }

    @Test
    void shouldLeaveAConnectionAloneWhenTheProgramFailsToVouch() throws Exception {
        Served served = serve();
        addFirst(served, new ChunkedWriteHandler());
        HandoffBroker broker = builder()
                .vouchFor(handler -> {
                    throw ThrowingCalls.<RuntimeException>sneaky(new IOException("injected"));
                })
                .maxInFlight(1)
                .build();

        for (int i = 0; i < 2; i++) {
            Failed failed = getFailed(handOff(broker, served));

            assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
            assertThat(failed.cause()).hasRootCauseMessage("injected");
            assertGoesOn(served, failed);
        }
    }

    // What is thrown

    @ParameterizedTest
    @EnumSource(
            value = Thrown.class,
            names = {"CLEARING_THE_FLAG", "SENDING_THE_DESCRIPTOR"})
    void shouldGoOnWithTheConnectionWhenAnythingIsThrownBeforeTheDescriptorIsSent(Thrown where) throws Exception {
        backend(READ_ON);
        Served served = serve();
        for (Throwable thrown : new Throwable[] {
            new OutOfMemoryError("injected"), new Exception("injected"), new StackOverflowError("injected")
        }) {
            HandoffBroker broker = builder()
                    .socketCalls(new ThrowingCalls(where, thrown))
                    .maxFailures(1)
                    .maxInFlight(1)
                    .build();

            Failed failed = getFailed(handOff(broker, served));

            assertThat(failed.stage()).isEqualTo(Stage.SEND);
            assertThat(failed.cause())
                    .hasMessageStartingWith("the handoff failed here: ")
                    .hasCause(thrown);
            assertThat(Libc.isNonBlocking(socketOf(served))).isTrue();
            assertGoesOn(served, failed);
            assertThat(getFailed(handOff(broker, served)).stage())
                    .as("not counted")
                    .isEqualTo(Stage.SEND);
        }
    }

    @Test
    @Warns("a client is closed whose handoff has come to")
    void shouldTellOfTheRejectionWhenTheConnectionCannotBeServedAgain() throws Exception {
        backend(REJECT);
        Served served = serve();
        ThrowingCalls calls = new ThrowingCalls(Thrown.SETTING_THE_FLAG_AGAIN, new OutOfMemoryError("injected"));

        assertThat(get(handOff(builder().socketCalls(calls).build(), served))).isEqualTo(new Rejected("not today"));

        assertThat(served.channel().isOpen()).isFalse();
        assertThat(served.client().receiveToEnd()).isEmpty();
    }

    @Test
    @Warns("the ready event was not sent")
    void shouldTellOfTheAcceptanceWhenTheReadyEventCannotBeSent() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();
        ThrowingCalls calls = new ThrowingCalls(Thrown.TELLING_THE_CLIENT, new OutOfMemoryError("injected"));

        assertThat(get(handOff(builder().readyEvent(true).socketCalls(calls).build(), served)))
                .isEqualTo(new Accepted());

        assertThat(served.channel().isOpen()).isFalse();
        backend.takeHandoff().client().send(ascii("hello"));
        assertThat(served.client().receiveText(5)).isEqualTo("hello");
    }

    @Test
    @Warns("OutOfMemoryError: injected")
    void shouldGoOnWithTheConnectionWhateverItsHandlersThrow() throws Exception {
        backend(REJECT);
        Served served = serve();
        addFirst(served, new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {
                throw new OutOfMemoryError("injected");
            }

            @Override
            public void read(ChannelHandlerContext ctx) {
                throw new OutOfMemoryError("injected");
            }

            @Override
            public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
                throw new OutOfMemoryError("injected");
            }
        });

        assertThat(get(handOff(broker(), served))).isEqualTo(new Rejected("not today"));

        assertThat(served.channel().isActive()).isTrue();
        assertThat(served.channel().isRegistered()).isTrue();
    }

    @Test
    @Warns("An exception was thrown by")
    void shouldTellTheOtherListenersWhateverOneThrows() throws Exception {
        backend(REJECT);
        Served served = serve();
        CompletableFuture<HandoffOutcome> told = new CompletableFuture<>();

        handOff(broker(), served)
                .addListener(outcome -> {
                    throw ThrowingCalls.<RuntimeException>sneaky(new Exception("injected"));
                })
                .addListener((Future<HandoffOutcome> outcome) -> told.complete(outcome.getNow()));

        assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo(new Rejected("not today"));
        assertServedAsBefore(served);
    }

    // What ends meanwhile

    /** What a handoff is waiting for when its event loop is told to end. */
    enum Waiting {
        FOR_THE_CLIENT_TO_READ,
        FOR_ROOM_IN_THE_BACKLOG,
        FOR_ROOM_IN_THE_SOCKET,
        FOR_THE_ANSWER
    }

    @ParameterizedTest
    @EnumSource(Waiting.class)
    void shouldTellTheOutcomeWhenTheEventLoopEnds(Waiting waiting) throws Exception {
        boolean full = waiting == Waiting.FOR_ROOM_IN_THE_BACKLOG;
        ScriptedBackend backend = ScriptedBackend.listen(socketPath(), full ? 0 : 8, READ_ON);
        HandoffBrokerBuilder builder = builder().timeout(Duration.ofSeconds(50));
        if (waiting == Waiting.FOR_ROOM_IN_THE_SOCKET) {
            builder.socketCalls(new SendingCalls((socket, bytes, passed) -> 0));
        }
        HandoffBroker broker = builder.build();
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        if (full) {
            opened(SocketChannel.open(UnixDomainSocketAddress.of(socketPath())));
        }
        Served served = program.connect();
        if (waiting == Waiting.FOR_THE_CLIENT_TO_READ) {
            served.channel().write(Unpooled.wrappedBuffer(new byte[MUCH])).addListener(done -> {});
        }
        CompletableFuture<HandoffOutcome> told = new CompletableFuture<>();
        handOff(broker, served).addListener((Future<HandoffOutcome> outcome) -> told.complete(outcome.getNow()));
        for (int i = 0; i < 20; i++) {
            served.channel().eventLoop().submit(() -> {}).sync();
        }

        program.loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).sync();

        HandoffOutcome outcome = told.get(20, TimeUnit.SECONDS);
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.connectionUsable()).isFalse());
        assertThat(served.channel().isOpen()).isFalse();
        backend.startAccepting();
        // Behind all that it waits for.
        opened(backend);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTellTheOutcomeWhenTheEventLoopHasEndedBefore(boolean sync) throws Exception {
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        Served served = program.connect();
        Future<?> ended = program.loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS);
        if (sync) {
            ended.sync();
        }
        CompletableFuture<HandoffOutcome> told = new CompletableFuture<>();

        handOff(broker(), served).addListener((Future<HandoffOutcome> outcome) -> told.complete(outcome.getNow()));

        assertThat(told.get(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.stage()).isIn(Stage.CLIENT_NOT_READY, Stage.CONNECT));
    }

    private static void addFirst(Served served, ChannelHandler handler) throws InterruptedException {
        // On the loop: from elsewhere a handler is in the pipeline before it takes part.
        served.channel()
                .eventLoop()
                .submit(() -> served.channel().pipeline().addFirst(handler))
                .sync();
    }
}
