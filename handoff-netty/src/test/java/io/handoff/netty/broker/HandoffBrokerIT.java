package io.handoff.netty.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.Frames;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.netty.wire.Offer;
import io.handoff.netty.wire.Offers;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.testkit.BackendScript;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.ReceivedHandoff;
import io.handoff.testkit.ScriptedBackend;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.handler.codec.ByteToMessageCodec;
import io.netty.handler.codec.FixedLengthFrameDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hands off real client connections, to a backend that does what its script says. */
class HandoffBrokerIT extends BrokerFixture {

    // Acceptance

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveToTheBackendWhatTheClientSaysFromBeforeTheHandoffOn(boolean tcp) throws Exception {
        ScriptedBackend backend = backend(pausing(ACCEPT));
        FakeBroker program = new FakeBroker().childOption(ChannelOption.AUTO_READ, false);
        Served served = serve(tcp ? program.listenOnTcp() : program.listenOnUnix(directory.resolve("clients.sock")));

        served.client().send("before ");
        Future<HandoffOutcome> outcome = handOff(broker(), served);
        arrived.await();
        served.client().send("during ");
        goOn.countDown();
        assertThat(get(outcome)).isEqualTo(new Accepted());
        served.client().send("after");

        BlockingSocket adopted = backend.takeHandoff().client();
        assertThat(adopted.receive(19)).isEqualTo(ascii("before during after"));
        adopted.send(ascii("hello"));
        assertThat(served.client().receiveText(5)).isEqualTo("hello");
    }

    @Test
    void shouldOfferWhatItWasTold() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);

        assertThat(get(broker().handOff(serve().channel(), "zccache", TOKEN, ID)))
                .isEqualTo(new Accepted());

        ReceivedHandoff handoff = backend.takeHandoff();
        assertThat(handoff.token()).isEqualTo(TOKEN.toBytes());
        HandoffOffer offer = handoff.offer();
        assertThat(offer.getToken().toByteArray()).isEqualTo(TOKEN.toBytes());
        assertThat(offer.getServiceName()).isEqualTo("zccache");
        assertThat(offer.getCorrelationId()).isEqualTo(ID);
    }

    @Test
    void shouldEndTheChannelsLifeWhenTheBackendHasTheConnection() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();

        assertThat(get(handOff(broker(), served))).isEqualTo(new Accepted());

        assertThat(served.channel().isOpen()).isFalse();
        await().untilAsserted(() ->
                assertThat(served.echo().events).containsExactly("registered", "inactive", "unregistered", "removed"));
        backend.takeHandoff().client().close();
        assertThat(served.client().receiveToEnd())
                .as("the backend's copy was the last")
                .isEmpty();
    }

    @Test
    void shouldReadNotAByteMoreWhenCalledInsideARead() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve(new FakeBroker().smallReads(5).listenOnTcp());
        HandoffBroker broker = broker();
        CompletableFuture<HandoffOutcome> outcome = new CompletableFuture<>();
        ChannelInboundHandlerAdapter handingOff = new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                ReferenceCountUtil.release(msg);
                broker.handOff(ctx.channel(), "zccache", TOKEN, ID)
                        .addListener((Future<HandoffOutcome> done) -> outcome.complete(done.getNow()));
            }
        };
        // On the loop: from elsewhere a handler is in the pipeline before it takes part.
        served.channel()
                .eventLoop()
                .submit(() -> served.channel().pipeline().addFirst(handingOff))
                .sync();

        served.client().send("hello and the rest");

        assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(new Accepted());
        assertThat(backend.takeHandoff().client().receive(13)).isEqualTo(ascii(" and the rest"));
    }

    @Test
    void shouldLetUnflushedWritesLeaveBeforeTheDescriptor() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();
        served.channel().write(Unpooled.wrappedBuffer(new byte[MUCH])).addListener(done -> {});

        Future<HandoffOutcome> outcome = handOff(broker(), served);
        served.client().receive(MUCH / 2);
        assertThat(backend.handoffCount())
                .as("the client has not read enough yet")
                .isZero();
        served.client().receive(MUCH / 2);

        assertThat(get(outcome)).isEqualTo(new Accepted());
        backend.takeHandoff().client().send(ascii("hello"));
        assertThat(served.client().receiveText(5)).isEqualTo("hello");
    }

    @Test
    void shouldFailWritesOfTheProgramMadeDuringAHandoffThatIsAccepted() throws Exception {
        backend(pausing(ACCEPT));
        Served served = serve();
        Future<HandoffOutcome> outcome = handOff(broker(), served);
        arrived.await();
        ChannelFuture write = served.channel().writeAndFlush(Unpooled.copiedBuffer(ascii("stray")));
        goOn.countDown();

        assertThat(get(outcome)).isEqualTo(new Accepted());

        assertThat(write.await().isSuccess()).isFalse();
    }

    @Test
    void shouldLeaveTheEndOfTheInputToTheBackend() throws Exception {
        ScriptedBackend backend = backend(pausing(ACCEPT));
        Served served = serve();
        Future<HandoffOutcome> outcome = handOff(broker(), served);
        arrived.await();
        served.client().send("bye").shutdownOutput();
        goOn.countDown();

        assertThat(get(outcome)).isEqualTo(new Accepted());

        BlockingSocket adopted = backend.takeHandoff().client();
        assertThat(adopted.receive(3)).isEqualTo(ascii("bye"));
        assertThatThrownBy(() -> adopted.receive(1)).hasMessage("the connection ended after 0 of 1 bytes");
        adopted.send(ascii("bye"));
        assertThat(served.client().receiveText(3)).isEqualTo("bye");
    }

    @Test
    void shouldReadAnAckInPieces() throws Exception {
        backend(connection -> {
            connection.handoff();
            for (byte piece : Frames.accepting(TOKEN, ID)) {
                connection.send(new byte[] {piece});
            }
        });

        assertThat(get(handOff(broker(), serve()))).isEqualTo(new Accepted());
    }

    @Test
    void shouldHandOffManyConnectionsAtOnce() throws Exception {
        int count = 200;
        ScriptedBackend backend = backend(ACCEPT);
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        HandoffBroker broker = broker();
        List<Served> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(program.connect());
        }

        List<Future<HandoffOutcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            outcomes.add(broker.handOff(all.get(i).channel(), "zccache", HandoffToken.random(), i));
        }
        for (int i = 0; i < count; i++) {
            assertThat(get(outcomes.get(i))).isEqualTo(new Accepted());
            all.get(i).client().send(String.format("client %03d", i));
        }

        for (int i = 0; i < count; i++) {
            BlockingSocket adopted = backend.takeHandoff().client();
            adopted.send(adopted.receive(10));
            adopted.close();
        }
        for (int i = 0; i < count; i++) {
            assertThat(all.get(i).client().receiveText(10)).isEqualTo(String.format("client %03d", i));
        }
    }

    // Rejection

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeARejectedConnectionAgain(boolean tcp) throws Exception {
        backend(pausing(REJECT));
        FakeBroker program = new FakeBroker();
        Served served = serve(tcp ? program.listenOnTcp() : program.listenOnUnix(directory.resolve("clients.sock")));
        HandoffBroker broker = broker();

        Future<HandoffOutcome> outcome = handOff(broker, served);
        arrived.await();
        served.client().send("during");
        ChannelFuture write = served.channel().writeAndFlush(Unpooled.copiedBuffer(ascii("write ")));
        goOn.countDown();

        assertThat(get(outcome)).isEqualTo(new Rejected("not today"));
        assertThat(served.client().receiveText(12)).isEqualTo("write during");
        assertThat(write.await().isSuccess()).isTrue();
        assertServedAsBefore(served);
        assertThat(get(handOff(broker, served))).as("once more").isEqualTo(new Rejected("not today"));
        assertServedAsBefore(served);
    }

    @Test
    void shouldReadOnWhereTheProgramReadsByHand() throws Exception {
        backend(REJECT);
        Served served = serve(
                new FakeBroker().childOption(ChannelOption.AUTO_READ, false).listenOnTcp());
        served.channel().read();

        assertThat(get(handOff(broker(), served))).isEqualTo(new Rejected("not today"));

        assertThat(served.channel().config().isAutoRead()).isFalse();
        assertThat(served.client().send("hello").receiveText(5)).isEqualTo("hello");
    }

    @Test
    void shouldServeTheRestOfARejectedConnectionWhoseInputHasEnded() throws Exception {
        backend(pausing(REJECT));
        Served served = serve(new FakeBroker()
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .listenOnTcp());
        Future<HandoffOutcome> outcome = handOff(broker(), served);
        arrived.await();
        served.client().send("bye").shutdownOutput();
        goOn.countDown();

        assertThat(get(outcome)).isEqualTo(new Rejected("not today"));

        assertThat(served.client().receiveText(3)).isEqualTo("bye");
        served.channel().close();
        assertThat(served.client().receiveToEnd()).isEmpty();
    }

    @Test
    void shouldHeedOnlyTheFirstOfTwoAcks() throws Exception {
        backend(BackendScript.garbage(Frames.concat(Frames.rejecting(TOKEN, ID, "no"), Frames.accepting(TOKEN, ID))));
        Served served = serve();

        assertThat(get(handOff(broker(), served))).isEqualTo(new Rejected("no"));

        assertServedAsBefore(served);
    }

    // Failures that leave open who has the connection

    static Stream<Arguments> answersThatAreNone() {
        byte[] ack = Frames.accepting(TOKEN, ID);
        HandoffToken other = HandoffToken.ofHex("ff".repeat(16));
        return Stream.of(
                Arguments.of("another token", Frames.accepting(other, ID), Kind.TOKEN_ECHO),
                Arguments.of("another id", Frames.accepting(TOKEN, ID + 1), Kind.CORRELATION),
                Arguments.of("a rejection with another id", Frames.rejecting(TOKEN, 1, "no"), Kind.CORRELATION),
                Arguments.of("garbage", new byte[] {42}, Kind.UNSUPPORTED_FRAMING_VERSION),
                Arguments.of("an offer", Frames.offer(TOKEN, ID), Kind.FRAME_KIND),
                Arguments.of("half an ACK", Arrays.copyOf(ack, 20), Kind.UNEXPECTED_EOF));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answersThatAreNone")
    void shouldLetGoAfterAnAnswerThatIsNone(String name, byte[] answer, Kind kind) throws Exception {
        backend(BackendScript.garbage(answer));
        Served served = serve();

        Failed failed = getFailed(handOff(broker(), served));

        assertThat(failed.stage()).isEqualTo(Stage.ACK);
        assertThat(failed.cause())
                .isInstanceOfSatisfying(
                        HandoffWireException.class,
                        error -> assertThat(error.kind()).isEqualTo(kind));
        assertLetGo(served, failed);
    }

    @Test
    void shouldLetGoWhenTheBackendClosesWithoutAnAnswer() throws Exception {
        backend(BackendScript.vanish());
        Served served = serve();

        Failed failed = getFailed(handOff(broker(), served));

        assertThat(failed.stage()).isEqualTo(Stage.ACK);
        assertThat(failed.cause()).hasMessage("the backend closed the connection without a HandoffAck");
        assertLetGo(served, failed);
    }

    @Test
    void shouldSayWhoHasClosedWhenTheBackendLeavesTheOfferUnread() throws Exception {
        backend(connection -> connection.receive(HandoffToken.BYTES + 1));
        Served served = serve();

        Failed failed = getFailed(handOff(broker(), served));

        assertThat(failed.stage()).isEqualTo(Stage.ACK);
        assertThat(failed.cause())
                .hasMessageStartingWith("the backend closed the connection without a HandoffAck: ")
                .hasMessageEndingWith("Connection reset by peer");
        assertLetGo(served, failed);
    }

    @Test
    void shouldLetGoWhenTheAckIsLate() throws Exception {
        ScriptedBackend backend = backend(connection -> {
            connection.handoff();
            connection.receiveToEnd();
        });
        Served served = serve();

        Failed failed =
                getFailed(handOff(builder().timeout(Duration.ofSeconds(1)).build(), served));

        assertThat(failed.stage()).isEqualTo(Stage.ACK);
        assertThat(failed.cause()).hasMessage("no HandoffAck arrived within 1000 ms");
        assertThat(failed.connectionUsable()).isFalse();
        assertThat(served.channel().isOpen()).isFalse();
        BlockingSocket adopted = backend.takeHandoff().client();
        adopted.send(ascii("still open"));
        assertThat(served.client().receiveText(10)).isEqualTo("still open");
        adopted.close();
        assertThat(served.client().receiveToEnd()).isEmpty();
    }

    @Test
    void shouldGoByTheAnswerAlsoWhenTheProgramHasClosedItsCopyMeanwhile() throws Exception {
        ScriptedBackend backend = backend(pausing(ACCEPT));
        Served served = serve();
        Future<HandoffOutcome> outcome = handOff(broker(), served);
        arrived.await();
        served.channel().close().sync();
        goOn.countDown();

        assertThat(get(outcome)).isEqualTo(new Accepted());

        assertThat(served.echo().events).containsExactly("registered", "inactive", "unregistered", "removed");
        backend.takeHandoff().client().send(ascii("hello"));
        assertThat(served.client().receiveText(5)).isEqualTo("hello");
    }

    @Test
    void shouldLetGoWhenItsEventLoopsShutDownWhileTheAnswerIsOutstanding() throws Exception {
        ScriptedBackend backend = backend(connection -> {
            connection.handoff();
            arrived.countDown();
            connection.receiveToEnd();
        });
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        Served served = program.connect();
        Future<HandoffOutcome> outcome = handOff(broker(), served);
        arrived.await();

        program.loops.shutdownGracefully(50, 5000, TimeUnit.MILLISECONDS).sync();

        assertThat(outcome.isDone()).isTrue();
        assertThat(((Failed) outcome.getNow()).connectionUsable()).isFalse();
        backend.takeHandoff().client().close();
        assertThat(served.client().receiveToEnd()).isEmpty();
    }

    // Failures before the descriptor is sent

    @Test
    void shouldGoOnWithTheConnectionWhenThereIsNoSocketFile() throws Exception {
        Served served = serve();

        Failed failed = getFailed(handOff(broker(), served));

        assertThat(failed.stage()).isEqualTo(Stage.CONNECT);
        assertThat(failed.cause()).hasMessage("no backend at " + socketPath() + ": no such file");
        assertGoesOn(served, failed);
    }

    @Test
    void shouldNameTheFolderOfTheSocketThatDoesNotExist() throws Exception {
        Path missing = socketPath().resolveSibling("missing").resolve("handoff.sock");
        Served served = serve();

        Failed failed = getFailed(handOff(HandoffBroker.builder(missing).build(), served));

        assertThat(failed.stage()).isEqualTo(Stage.CONNECT);
        assertThat(failed.cause())
                .hasMessage("cannot connect to " + missing + ": the folder " + missing.getParent()
                        + " does not exist; make it, or correct the path");
        assertGoesOn(served, failed);
    }

    @Test
    void shouldGoOnWithTheConnectionWhenNobodyListens() throws Exception {
        Socket gone = Socket.newSocketDomain();
        gone.bind(new DomainSocketAddress(socketPath().toFile()));
        gone.close();
        Served served = serve();

        Failed failed = getFailed(handOff(broker(), served));

        assertThat(failed.stage()).isEqualTo(Stage.CONNECT);
        assertThat(failed.cause())
                .hasMessageContaining("Connection refused")
                .hasMessageContaining(socketPath().toString());
        assertGoesOn(served, failed);
    }

    @Test
    void shouldGoOnWithTheConnectionWhenTheDescriptorCannotBeSent() throws Exception {
        backend(READ_ON);
        Served served = serve();
        HandoffBroker broker = builder()
                .socketCalls(new SendingCalls((socket, bytes, passed) -> {
                    throw new IOException("sendmsg: too many references");
                }))
                .build();

        Failed failed = getFailed(handOff(broker, served));

        assertThat(failed.stage()).isEqualTo(Stage.SEND);
        assertThat(failed.cause()).hasMessage("the descriptor could not be sent: sendmsg: too many references");
        assertGoesOn(served, failed);
    }

    @Test
    void shouldGoOnWithTheConnectionWhenWhatWasWrittenDoesNotLeaveInTime() throws Exception {
        backend(READ_ON);
        Served served = serve();
        served.channel().write(Unpooled.wrappedBuffer(new byte[MUCH])).addListener(done -> {});

        Failed failed =
                getFailed(handOff(builder().timeout(Duration.ofMillis(200)).build(), served));

        assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed.cause()).hasMessage("the bytes written to the client did not leave within 200 ms");
        assertThat(served.client().receive(MUCH)).isEqualTo(new byte[MUCH]);
        assertGoesOn(served, failed);
    }

    @Test
    void shouldGoOnWithTheConnectionWhenTheBackendClosesAtOnce() throws Exception {
        backend(connection -> {});
        Served served = serve();
        HandoffBroker broker = builder()
                .socketCalls(new SendingCalls((socket, bytes, passed) -> {
                    await().until(() -> LibcSocketCalls.INSTANCE.receive(socket, 1), Objects::nonNull);
                    return LibcSocketCalls.INSTANCE.send(socket, bytes, passed);
                }))
                .build();

        Failed failed = getFailed(handOff(broker, served));

        assertThat(failed.stage()).isEqualTo(Stage.SEND);
        assertThat(failed.cause())
                .hasMessageStartingWith("the backend closed the connection before it was offered anything: sendmsg")
                .hasMessageEndingWith("Broken pipe");
        assertGoesOn(served, failed);
    }

    @Test
    void shouldGoOnWithTheConnectionWhenTheEndOfTheInputMadeNettyReadIt() throws Exception {
        backend(READ_ON);
        // When the spins run out while the input has ended, Netty takes the descriptor out of epoll with bytes unsent.
        Served served = serve(new FakeBroker()
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_SPIN_COUNT, Integer.MAX_VALUE)
                .listenOnTcp());
        served.channel().write(Unpooled.wrappedBuffer(new byte[MUCH])).addListener(done -> {});

        Future<HandoffOutcome> outcome = handOff(broker(), served);
        served.channel().eventLoop().submit(() -> {}).sync();
        served.client().send("bye").shutdownOutput();
        await().until(() -> ((DuplexChannel) served.channel()).isInputShutdown());
        assertThat(served.client().receive(MUCH)).isEqualTo(new byte[MUCH]);

        Failed failed = getFailed(outcome);
        assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed.cause()).hasMessage("bytes of the client were read here during the handoff");
        assertThat(failed.connectionUsable()).isTrue();
        assertThat(served.client().receiveText(3)).as("the echo").isEqualTo("bye");
        served.channel().close();
        assertThat(served.client().receiveToEnd()).isEmpty();
    }

    @Test
    void shouldFailWhenTheClientLeavesBeforeTheDescriptorIsSent() throws Exception {
        backend(READ_ON);
        Served served = serve();
        served.channel().write(Unpooled.wrappedBuffer(new byte[MUCH])).addListener(done -> {});

        Future<HandoffOutcome> outcome = handOff(broker(), served);
        served.client().close();

        Failed failed = getFailed(outcome);
        assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed.connectionUsable()).isFalse();
        assertThat(served.channel().isOpen()).isFalse();
    }

    // Partial sends

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void shouldSendTheRestOfTheTokenAfterAPartialSend(int sent) throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();
        HandoffBroker broker = builder()
                .socketCalls(new SendingCalls((socket, bytes, passed) ->
                        LibcSocketCalls.INSTANCE.send(socket, Arrays.copyOf(bytes, sent), passed)))
                .build();

        assertThat(get(handOff(broker, served))).isEqualTo(new Accepted());

        served.client().send("hello");
        assertThat(backend.takeHandoff().client().receive(5)).isEqualTo(ascii("hello"));
    }

    // Refusals

    static Stream<ChannelHandler> handlersThatMayHoldBytes() {
        FixedLengthFrameDecoder decoder = new FixedLengthFrameDecoder(1);
        ChannelOutboundHandlerAdapter encoder = new ChannelOutboundHandlerAdapter();
        return Stream.of(
                new FixedLengthFrameDecoder(1), new CombinedChannelDuplexHandler<>(decoder, encoder), new BytesCodec());
    }

    @ParameterizedTest
    @MethodSource("handlersThatMayHoldBytes")
    void shouldRefuseAHandlerThatMayHoldBytes(ChannelHandler handler) throws Exception {
        Served served = serve();
        served.channel().pipeline().addFirst("lines", handler);

        Failed failed = getFailed(handOff(broker(), served));

        assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed.cause()).hasMessageStartingWith("handler lines (").hasMessageContaining(") may hold bytes");
        assertGoesOn(served, failed);
    }

    @Test
    void shouldRefuseAConnectionWhoseInputHasEnded() throws Exception {
        Served served = serve(new FakeBroker()
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .listenOnTcp());
        served.client().shutdownOutput();
        await().until(() -> ((DuplexChannel) served.channel()).isInputShutdown());

        Failed failed = getFailed(handOff(broker(), served));

        assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed.cause()).hasMessage("the input of the client's connection has ended");
        assertThat(failed.connectionUsable()).isTrue();
    }

    @Test
    void shouldRefuseAChannelThatIsNoEpollStream() throws Exception {
        EmbeddedChannel channel = new EmbeddedChannel();

        Failed failed = getFailed(broker().handOff(channel, "zccache", TOKEN, ID));

        assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed.cause()).hasMessageStartingWith("the client's channel is a EmbeddedChannel; expected");
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldRefuseAClosedChannel() throws Exception {
        Served served = serve();
        served.channel().close().sync();
        await().until(() -> !served.channel().isRegistered());

        Failed failed = getFailed(handOff(broker(), served));

        assertThat(failed.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed.connectionUsable()).isFalse();
    }

    @Test
    void shouldRefuseASecondHandoffOfOneConnection() throws Exception {
        backend(pausing(ACCEPT));
        Served served = serve();
        HandoffBroker broker = broker();
        Future<HandoffOutcome> first = handOff(broker, served);
        Failed second = getFailed(handOff(broker, served));
        goOn.countDown();

        assertThat(second.stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(second.cause()).hasMessage("a handoff of the client's connection is running already");
        assertThat(get(first)).isEqualTo(new Accepted());
    }

    @Test
    void shouldRefuseAnOfferWhoseTokenHasAnotherLength() throws Exception {
        Offer offer = Offers.of(HandoffOffer.getDefaultInstance(), "", "");
        EmbeddedChannel channel = new EmbeddedChannel();

        assertThatThrownBy(() -> broker().handOff(channel, offer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the offer's token was 0 bytes; expected 16");
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldRefuseBoundsThatAreNone() {
        assertThatThrownBy(() -> builder().timeout(Duration.ZERO)).hasMessageStartingWith("timeout was PT0S");
        assertThatThrownBy(() -> builder().maxInFlight(0)).hasMessageStartingWith("maxInFlight was 0");
        assertThatThrownBy(() -> builder().maxFailures(-1)).hasMessageStartingWith("maxFailures was -1");
        assertThatThrownBy(() -> builder().failureWindow(Duration.ZERO)).hasMessageStartingWith("failureWindow was");
        assertThatThrownBy(() -> HandoffBroker.builder(Path.of("x".repeat(108))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("backendSocket " + "x".repeat(108) + ": the path has 108 bytes; at most 107 fit");
    }

    // Limits

    @Test
    void shouldSuppressHandoffsAfterFailuresUntilTheWindowIsOver() throws Exception {
        Served served = serve();
        HandoffBroker broker =
                builder().maxFailures(8).failureWindow(Duration.ofSeconds(2)).build();
        for (int i = 0; i < 8; i++) {
            assertThat(getFailed(handOff(broker, served)).stage()).isEqualTo(Stage.CONNECT);
        }

        Failed failed = getFailed(handOff(broker, served));

        assertThat(failed.stage()).isEqualTo(Stage.SUPPRESSED);
        assertThat(failed.cause())
                .hasMessageStartingWith("8 handoffs to " + socketPath() + " have failed within 2000 ms; the next");
        assertGoesOn(served, failed);
        backend(ACCEPT);
        await().until(() -> get(handOff(broker, served)), new Accepted()::equals);
    }

    @Test
    void shouldCountAnswersThatAreMissing() throws Exception {
        backend(BackendScript.vanish());
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        HandoffBroker broker = builder().maxFailures(1).build();

        assertThat(getFailed(handOff(broker, program.connect())).stage()).isEqualTo(Stage.ACK);

        assertThat(getFailed(handOff(broker, program.connect())).stage()).isEqualTo(Stage.SUPPRESSED);
    }

    @Test
    void shouldCountNeitherRejectionsNorTheClientsFailures() throws Exception {
        backend(REJECT);
        Served served = serve();
        HandoffBroker broker = builder().maxFailures(1).build();

        assertThat(get(handOff(broker, served))).isEqualTo(new Rejected("not today"));
        served.channel().pipeline().addFirst("lines", new FixedLengthFrameDecoder(1));
        assertThat(getFailed(handOff(broker, served)).stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        served.channel().pipeline().remove("lines");

        assertThat(get(handOff(broker, served))).isEqualTo(new Rejected("not today"));
    }

    @Test
    void shouldLimitTheHandoffsUnderWay() throws Exception {
        backend(pausing(ACCEPT));
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        Served first = program.connect();
        Served second = program.connect();
        HandoffBroker broker = builder().maxInFlight(1).build();
        Future<HandoffOutcome> outcome = handOff(broker, first);
        arrived.await();

        Failed failed = getFailed(handOff(broker, second));

        assertThat(failed.stage()).isEqualTo(Stage.IN_FLIGHT_LIMIT);
        assertThat(failed.cause()).hasMessage("1 handoffs to " + socketPath() + " are under way");
        assertGoesOn(second, failed);
        goOn.countDown();
        assertThat(get(outcome)).isEqualTo(new Accepted());
        assertThat(get(handOff(broker, second))).isEqualTo(new Accepted());
    }

    // The ready event

    @Test
    void shouldTellTheClientThatTheBackendIsReady() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();

        assertThat(get(handOff(builder().readyEvent(true).build(), served))).isEqualTo(new Accepted());

        assertReadyFrame(served.client());
        backend.takeHandoff().client().send(ascii("hello"));
        assertThat(served.client().receiveText(5)).isEqualTo("hello");
    }

    @Test
    void shouldTellAClientThatMakesRoomLater() throws Exception {
        ScriptedBackend backend = backend(pausing(ACCEPT));
        Served served = serve();
        FillingCalls filling = new FillingCalls();

        Future<HandoffOutcome> outcome = handOff(
                builder()
                        .readyEvent(true)
                        .socketCalls(new SendingCalls(filling))
                        .build(),
                served);
        arrived.await();
        goOn.countDown();
        BlockingSocket adopted = backend.takeHandoff().client();
        served.client().receive(filling.filled);

        assertReadyFrame(served.client());
        assertThat(get(outcome)).isEqualTo(new Accepted());
        adopted.send(ascii("hello"));
        assertThat(served.client().receiveText(5)).isEqualTo("hello");
    }

    @Test
    void shouldNotWaitForEverForAClientThatMakesNoRoom() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();
        HandoffBroker broker = builder()
                .readyEvent(true)
                .timeout(Duration.ofSeconds(1))
                .socketCalls(new SendingCalls(new FillingCalls()))
                .build();

        assertThat(get(handOff(broker, served))).isEqualTo(new Accepted());

        assertThat(served.channel().isOpen()).isFalse();
        backend.takeHandoff().client().close();
    }

    private void assertReadyFrame(BlockingSocket client) throws Exception {
        int length = ByteBuffer.wrap(client.receive(5))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt(1);
        Frame frame = Frame.parseFrom(client.receive(length));
        assertThat(frame.getKind()).isEqualTo(FrameKind.FRAME_KIND_EVENT);
        assertThat(frame.getRequestId()).isEqualTo(ID);
        HandoffAck ack = HandoffAck.parseFrom(frame.getPayload());
        assertThat(ack.getAccepted()).isTrue();
        assertThat(ack.getToken().toByteArray()).isEqualTo(TOKEN.toBytes());
    }

    // What the tests are made of

    private static final class BytesCodec extends ByteToMessageCodec<ByteBuf> {
        @Override
        protected void encode(ChannelHandlerContext ctx, ByteBuf msg, ByteBuf out) {
            out.writeBytes(msg);
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            out.add(in.readBytes(in.readableBytes()));
        }
    }
}
