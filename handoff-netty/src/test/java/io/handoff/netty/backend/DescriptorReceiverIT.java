package io.handoff.netty.backend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.DescriptorKind;
import io.handoff.netty.FaultyCalls;
import io.handoff.netty.Frames;
import io.handoff.netty.Libc;
import io.handoff.netty.RecordingListener;
import io.handoff.netty.Servers;
import io.handoff.netty.Warns;
import io.handoff.netty.answer.WireVector;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.netty.wire.Rejections;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server does with descriptors, good and bad, from a peer that really sends them. */
@ExtendWith(NoDescriptorsLeft.class)
class DescriptorReceiverIT {

    private static final int ENOMEM = 12;

    private static final int ROUNDS = 200;

    @TempDir
    Path directory;

    private final RecordingListener listener = new RecordingListener();
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private @Nullable HandoffServer server;

    @BeforeEach
    void loadTheNativeCode() {
        Libc.checked(Libc.C.close(Libc.checked(Libc.C.eventfd(0, 0))));
    }

    @AfterEach
    void stop() {
        if (server != null) {
            Servers.close(server);
        }
        EventLoops.end(workers);
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void shouldRejectADescriptorThatIsNoConnection(Misfit misfit) throws Exception {
        start(builder());
        for (int round = 0; round < ROUNDS; round++) {
            HandoffToken token = HandoffToken.random();
            try (TestBroker broker = connect()) {
                List<BlockingSocket> made = misfit.kind().make(broker, directory);
                broker.offer(
                        Frames.offerFrame(token, round).build(), made.get(0).descriptor());
                assertThat(new String(broker.receiveToEnd(), ISO_8859_1))
                        .isEqualTo(new String(
                                Frames.rejecting(token, round, "handoff descriptor " + misfit.detail), ISO_8859_1));
                made.forEach(BlockingSocket::close);
            }
        }
        assertThat(running().metrics().offersRejected(HandoffRejection.Reason.DESCRIPTOR_UNFIT))
                .isEqualTo(ROUNDS);
        await().until(() -> running().tokens().pendingCount().get(), count -> count == 0);
    }

    static Misfit[] misfits() {
        return Misfit.values();
    }

    private enum Misfit {
        PIPE("is a pipe; expected a socket"),
        FILE("is a file; expected a socket"),
        EPOLL("is an eventpoll; expected a socket"),
        EVENTFD("is an eventfd; expected a socket"),
        UDP("is a datagram socket; expected a stream socket"),
        UNIX_DATAGRAM("is a datagram socket; expected a stream socket"),
        SEQPACKET("is a sequenced-packet socket; expected a stream socket"),
        LISTENING("is a listening socket; expected a connected one"),
        UNCONNECTED("is a socket that is not connected; expected a connected one"),
        UNCONNECTED_UNIX("is a socket that is not connected; expected a connected one"),
        HANDOFF_CONNECTION("is a handoff connection itself; expected the connection of a client");

        private final String detail;

        Misfit(String detail) {
            this.detail = detail;
        }

        private DescriptorKind kind() {
            return DescriptorKind.valueOf(name());
        }
    }

    /** The descriptor has been sent: without an answer the client would be lost. */
    @Test
    void shouldRejectAnOfferThatIsTooLong() throws Exception {
        start(builder().maxFrameLength(100));
        HandoffToken token = HandoffToken.random();
        ClientConnection pair = ClientConnection.unix();
        byte[] frame = Frames.framed(
                Frames.offerFrame(token, 7).setTraceparent("t".repeat(1000)).build());

        try (TestBroker broker = connect()) {
            broker.send(token.toBytes(), pair.accepted().descriptor()).send(frame);
            assertThat(broker.receiveToEnd())
                    .isEqualTo(Frames.rejecting(
                            token,
                            7,
                            "handoff offer was not taken in: frame body too large: " + (frame.length - 5)
                                    + " bytes exceeds cap 100"));
        }

        pair.accepted().close();
        assertThat(pair.client().receiveToEnd()).as("no copy is left").isEmpty();
        pair.client().close();
    }

    @ParameterizedTest
    @MethodSource("badOpenings")
    void shouldCloseEveryDescriptorAndSayWhyWhenTheOpeningIsWrong(int surplus, String message) throws Exception {
        start(builder());
        for (int round = 0; round < ROUNDS; round++) {
            ClientConnection pair = ClientConnection.unix();
            int[] sent = IntStream.range(0, surplus)
                    .map(i -> pair.accepted().descriptor())
                    .toArray();
            try (TestBroker broker = connect()) {
                broker.send(HandoffToken.random().toBytes(), sent);
                assertThat(broker.receiveToEnd()).isEmpty();
            }
            pair.accepted().close();
            assertThat(pair.client().receiveToEnd()).as("no copy is left").isEmpty();
            pair.client().close();
        }
        await().until(listener.wireErrors::size, size -> size == ROUNDS);
        assertThat(listener.wireErrors).allSatisfy(error -> assertThat(error).hasMessage(message));
        assertThat(running().metrics().openConnections()).isZero();
    }

    static Stream<Arguments> badOpenings() {
        String surplus = "too many descriptors: more than one came at once, expected 1";
        return Stream.of(
                Arguments.of(0, "no descriptor came with the first byte; expected one with the token"),
                Arguments.of(2, surplus),
                Arguments.of(3, surplus),
                Arguments.of(253, surplus));
    }

    /** It had been revoked, and has been brought by another connection since. */
    @Test
    void shouldLeaveATokenPendingThatAnotherConnectionHasBrought() throws Exception {
        start(builder());
        HandoffToken token = HandoffToken.random();
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker other = connect()) {
            try (TestBroker first = connect()) {
                first.send(token.toBytes(), pair.accepted().descriptor());
                await().until(() -> running().tokens().pendingCount().get(), count -> count == 1);
                assertThat(running().tokens().revoke(token).get()).isTrue();

                other.send(token.toBytes(), pair.accepted().descriptor());
                await().until(() -> running().tokens().pendingCount().get(), count -> count == 1);
            }
            await().until(() -> running().metrics().openConnections(), open -> open == 1);

            other.send(Frames.offer(token, 1));
            assertThat(other.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        }
        pair.close();
    }

    /** As the kernel does where it cannot install a descriptor, or may not. */
    private static FaultyCalls keepingDescriptorsBack() {
        return new FaultyCalls() {
            @Override
            public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
                Received received = super.receive(socket, maxBytes);
                return received == null ? null : new Received(received.bytes(), List.of(), true, false);
            }
        };
    }

    /** Where it is a security module (LSM) that denies the descriptor, the kernel says MSG_CTRUNC as well. */
    @Test
    void shouldNameBothReasonsForWhichTheKernelKeepsADescriptor() throws Exception {
        start(builder().socketCalls(keepingDescriptorsBack()));
        HandoffToken token = HandoffToken.random();
        try (TestBroker broker = connect()) {
            broker.send(token.toBytes()).send(Frames.offer(token, 1));
            assertThat(broker.receiveToEnd())
                    .isEqualTo(Frames.rejecting(
                            token,
                            1,
                            "handoff descriptor could not be received: the backend has too many open files, or a security"
                                    + " module denies it"));
        }
    }

    @Test
    void shouldHoldTheTokensOfMoreConnectionsThanAreAllowedUnlessSet() throws Exception {
        int connections = HandoffServer.DEFAULT_MAX_CONNECTIONS + 1;
        start(builder().maxConnections(connections).offerTimeout(Duration.ofSeconds(60)));
        ClientConnection pair = ClientConnection.unix();
        List<TestBroker> brokers = new ArrayList<>();
        try {
            HandoffToken last = HandoffToken.random();
            for (int i = 1; i < connections; i++) {
                TestBroker broker = connect();
                brokers.add(broker);
                broker.send(HandoffToken.random().toBytes(), pair.accepted().descriptor());
            }
            TestBroker broker = connect();
            brokers.add(broker);
            broker.send(last.toBytes(), pair.accepted().descriptor());
            await().until(() -> running().tokens().pendingCount().get(), count -> count == connections);

            broker.send(Frames.offer(last, 1));

            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(last, 1));
        } finally {
            brokers.forEach(TestBroker::close);
        }
        pair.close();
    }

    @Test
    void shouldRefuseASecondDescriptorThatComesLater() throws Exception {
        start(builder());
        byte[] token = HandoffToken.random().toBytes();
        for (int round = 0; round < ROUNDS; round++) {
            ClientConnection pair = ClientConnection.unix();
            try (TestBroker broker = connect()) {
                broker.send(Arrays.copyOf(token, 5), pair.accepted().descriptor())
                        .send(Arrays.copyOfRange(token, 5, 16), pair.accepted().descriptor());
                assertThat(broker.receiveToEnd()).isEmpty();
            }
            pair.accepted().close();
            assertThat(pair.client().receiveToEnd()).as("no copy is left").isEmpty();
            pair.client().close();
        }
        await().until(() -> running().metrics().wireErrors(Kind.DESCRIPTOR_SURPLUS), count -> count == ROUNDS);
        assertThat(listener.wireErrors.element())
                .hasMessage("too many descriptors: another came after the first byte of the token, expected 1");
    }

    /** Its place cannot always be told: the bytes before it may reach the same call. Either way nothing may leak. */
    @Test
    void shouldLeakNothingWhenTheDescriptorComesOnALaterByte() throws Exception {
        start(builder());
        for (int round = 0; round < ROUNDS; round++) {
            HandoffToken token = HandoffToken.random();
            ClientConnection pair = ClientConnection.unix();
            try (TestBroker broker = connect()) {
                broker.send(Arrays.copyOf(token.toBytes(), 5));
                try {
                    broker.send(
                            Arrays.copyOfRange(token.toBytes(), 5, 16),
                            pair.accepted().descriptor());
                } catch (IOException refusedAlready) {
                    assertThat(refusedAlready).hasMessage("sendmsg failed: Broken pipe");
                }
            }
            pair.accepted().close();
            assertThat(pair.client().receiveToEnd()).as("no copy is left").isEmpty();
            pair.client().close();
        }
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
    }

    @Test
    void shouldAcceptWhenTheTokenComesInPieces() throws Exception {
        start(builder());
        for (int first = 1; first < HandoffToken.BYTES; first++) {
            HandoffToken token = HandoffToken.random();
            ClientConnection pair = ClientConnection.unix();
            try (TestBroker broker = connect()) {
                broker.send(
                        Arrays.copyOf(token.toBytes(), first), pair.accepted().descriptor());
                for (int next = first; next < HandoffToken.BYTES; next++) {
                    broker.send(Arrays.copyOfRange(token.toBytes(), next, next + 1));
                }
                broker.send(Frames.offer(token, first));
                assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, first));
            }
            pair.close();
        }
    }

    @Test
    void shouldTellThatTheStreamEndedInsideTheToken() throws Exception {
        start(builder());
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker broker = connect()) {
            broker.send(new byte[] {1, 2, 3}, pair.accepted().descriptor());
        }
        await().until(() -> running().metrics().wireErrors(Kind.UNEXPECTED_EOF), count -> count == 1);
        assertThat(listener.wireErrors.element()).hasMessage("unexpected EOF while reading frame (handoff token)");
        pair.accepted().close();
        assertThat(pair.client().receiveToEnd()).isEmpty();
        pair.client().close();
    }

    @ParameterizedTest
    @EnumSource(
            value = DescriptorPolicy.class,
            names = {"REQUIRED", "OPTIONAL"})
    void shouldCloseAtTheDeadlineWhenNoTokenComes(DescriptorPolicy policy) throws Exception {
        start(builder().descriptors(policy).offerTimeout(Duration.ofMillis(500)));
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker silent = connect();
                TestBroker slow = connect()) {
            slow.send(new byte[] {7}, pair.accepted().descriptor());
            assertThat(silent.receiveToEnd()).isEmpty();
            assertThat(slow.receiveToEnd()).isEmpty();
        }
        await().until(() -> running().metrics().wireErrors(Kind.DEADLINE_EXCEEDED), count -> count == 2);
        pair.accepted().close();
        assertThat(pair.client().receiveToEnd()).isEmpty();
        pair.client().close();
        assertThat(running().metrics().openConnections()).isZero();
    }

    @Test
    @Warns(sometimes = "was not closed in time")
    void shouldCloseWhatHasNotOpenedWhenTheServerCloses() throws Exception {
        start(builder());
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker silent = connect();
                TestBroker slow = connect()) {
            slow.send(new byte[] {7}, pair.accepted().descriptor());
            await().until(() -> running().metrics().openConnections(), open -> open == 2);

            running().shutdownGracefully(Duration.ZERO, Duration.ofMillis(100)).get();

            assertThat(silent.receiveToEnd()).isEmpty();
            assertThat(slow.receiveToEnd()).isEmpty();
        }
        pair.accepted().close();
        assertThat(pair.client().receiveToEnd()).isEmpty();
        pair.client().close();
    }

    @Test
    void shouldLetAHandoffFinishThatHadConnectedBeforeTheClose() throws Exception {
        start(builder());
        HandoffToken token = HandoffToken.random();
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker broker = connect()) {
            await().until(() -> running().metrics().openConnections(), open -> open == 1);
            var closed = running().shutdownGracefully(Duration.ZERO, Duration.ofSeconds(20));

            broker.offer(Frames.offerFrame(token, 1).build(), pair.accepted().descriptor());

            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
            closed.get();
        }
        pair.close();
    }

    @ParameterizedTest
    @MethodSource("io.handoff.netty.answer.WireVector#all")
    void shouldDoAsTheVectorSaysWhenDescriptorsAreOptional(WireVector vector) throws Exception {
        start(builder()
                .descriptors(DescriptorPolicy.OPTIONAL)
                .expectedTokens(vector.policy())
                .pendingTokens(vector.pending()));
        try (TestBroker broker = TestBroker.connect(running().path())) {
            broker.send(vector.send()).shutdownOutput();
            assertThat(broker.receiveToEnd()).isEqualTo(vector.reply());
        }
        if (vector.closes()) {
            await().until(listener.wireErrors::size, size -> size == 1);
            assertThat(listener.wireErrors.element().getMessage()).matches(vector::matchesError, vector.error());
        }
    }

    /** The broker has the client's connection still, and serves it on. */
    @Test
    void shouldRejectTheOfferWhoseDescriptorWasLost() throws Exception {
        start(builder().socketCalls(keepingDescriptorsBack()));
        HandoffToken token = HandoffToken.random();
        try (TestBroker broker = connect()) {
            broker.send(token.toBytes()).send(Frames.offer(token, 1));
            assertThat(broker.receiveToEnd())
                    .isEqualTo(Frames.rejecting(token, 1, Rejections.DESCRIPTOR_LOST.detail()));
        }
        assertThat(running().metrics().offersRejected(HandoffRejection.Reason.DESCRIPTOR_LOST))
                .isEqualTo(1);
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
    }

    /** The first call of each connection fails, as recvmsg(2) does for want of memory. */
    private static final class FailingReceive extends FaultyCalls {
        private final Set<Integer> failed = new HashSet<>();

        @Override
        public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
            if (failed.add(socket.intValue())) {
                throw Errors.newIOException("recvmsg", -ENOMEM);
            }
            return super.receive(socket, maxBytes);
        }
    }

    @Test
    void shouldRejectTheOfferWhoseDescriptorCannotBeReceived() throws Exception {
        start(builder().socketCalls(new FailingReceive()));
        HandoffToken token = HandoffToken.random();
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker broker = connect()) {
            broker.offer(Frames.offerFrame(token, 1).build(), pair.accepted().descriptor());
            assertThat(broker.receiveToEnd())
                    .isEqualTo(Frames.rejecting(
                            token,
                            1,
                            "handoff descriptor could not be received: recvmsg(..) failed with error(-12): Cannot"
                                    + " allocate memory"));
        }
        assertThat(running().metrics().callFailures()).isEqualTo(1);
        assertThat(running().metrics().failuresByErrno()).isEqualTo(Map.of(ENOMEM, 1L));
        assertThat(listener.callFailures).hasSize(1);
        pair.accepted().close();
        assertThat(pair.client().receiveToEnd()).as("no copy is left").isEmpty();
        pair.client().close();
    }

    /** Its token comes later, and in pieces. */
    @Test
    void shouldWaitForTheTokenOfTheOfferWhoseDescriptorCannotBeReceived() throws Exception {
        start(builder().socketCalls(new FailingReceive()));
        HandoffToken token = HandoffToken.random();
        try (TestBroker broker = connect()) {
            await().until(listener.callFailures::size, size -> size == 1);
            broker.send(Arrays.copyOfRange(token.toBytes(), 0, 7));
            broker.send(Arrays.copyOfRange(token.toBytes(), 7, HandoffToken.BYTES));
            broker.send(Frames.offer(token, 1));
            assertThat(broker.receiveToEnd()).isNotEmpty();
        }
        assertThat(running().metrics().offersRejected(HandoffRejection.Reason.DESCRIPTOR_LOST))
                .isEqualTo(1);
    }

    /** Nothing tells whether it brought a descriptor, and so how it begins. */
    @Test
    void shouldCloseTheConnectionThatCannotBeReceivedFromWhenDescriptorsAreOptional() throws Exception {
        start(builder().descriptors(DescriptorPolicy.OPTIONAL).socketCalls(new FailingReceive()));
        try (TestBroker broker = connect()) {
            assertThat(broker.receiveToEnd()).isEmpty();
        }
        await().until(listener.callFailures::size, size -> size == 1);
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
    }

    /** Two were sent, and there was one free number. */
    @Test
    void shouldCloseTheDescriptorThatCameWhereAnotherWasLost() throws Exception {
        start(builder().socketCalls(new FaultyCalls() {
            @Override
            public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
                Received received = super.receive(socket, maxBytes);
                return received == null ? null : new Received(received.bytes(), received.descriptors(), true, false);
            }
        }));
        HandoffToken token = HandoffToken.random();
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker broker = connect()) {
            broker.offer(Frames.offerFrame(token, 1).build(), pair.accepted().descriptor());
            assertThat(broker.receiveToEnd())
                    .isEqualTo(Frames.rejecting(token, 1, Rejections.DESCRIPTOR_LOST.detail()));
        }
        pair.accepted().close();
        assertThat(pair.client().receiveToEnd()).as("no copy is left").isEmpty();
        pair.client().close();
    }

    @Test
    void shouldRefuseADescriptorThatComesLaterAlsoWhenItIsLost() throws Exception {
        start(builder().socketCalls(new FaultyCalls() {
            private boolean isFirst = true;

            @Override
            public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
                Received received = super.receive(socket, isFirst ? 5 : maxBytes);
                if (received == null || isFirst) {
                    isFirst &= received == null;
                    return received;
                }
                return new Received(received.bytes(), List.of(), true, false);
            }
        }));
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker broker = connect()) {
            broker.send(HandoffToken.random().toBytes(), pair.accepted().descriptor());
            assertThat(broker.receiveToEnd()).isEmpty();
        }
        await().until(() -> running().metrics().wireErrors(Kind.DESCRIPTOR_SURPLUS), count -> count == 1);
        pair.accepted().close();
        assertThat(pair.client().receiveToEnd()).as("no copy is left").isEmpty();
        pair.client().close();
    }

    @Test
    void shouldRefuseAnyOtherControlMessage() throws Exception {
        start(builder().socketCalls(new FaultyCalls() {
            @Override
            public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
                Received received = super.receive(socket, maxBytes);
                return received == null ? null : new Received(received.bytes(), received.descriptors(), false, true);
            }
        }));
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker broker = connect()) {
            broker.send(HandoffToken.random().toBytes(), pair.accepted().descriptor());
            assertThat(broker.receiveToEnd()).isEmpty();
        }
        await().until(() -> running().metrics().wireErrors(Kind.UNEXPECTED_CONTROL), count -> count == 1);
        pair.accepted().close();
        assertThat(pair.client().receiveToEnd()).as("no copy is left").isEmpty();
        pair.client().close();
    }

    @Sharable
    private static final class Silent extends ChannelInboundHandlerAdapter {}

    private HandoffServerBuilder builder() {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .adoptInto(workers, new Silent())
                .expectedTokens(ExpectedTokenPolicy.carried())
                .listener(listener);
    }

    private void start(HandoffServerBuilder builder) throws Exception {
        server = builder.start().get();
    }

    private HandoffServer running() {
        assertThat(server).isNotNull();
        return Objects.requireNonNull(server);
    }

    private TestBroker connect() throws IOException {
        return TestBroker.connect(running().path());
    }
}
