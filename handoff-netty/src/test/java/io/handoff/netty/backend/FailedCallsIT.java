package io.handoff.netty.backend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FaultyCalls;
import io.handoff.netty.Frames;
import io.handoff.netty.Libc;
import io.handoff.netty.RecordingListener;
import io.handoff.netty.ReplacedDescriptors;
import io.handoff.netty.Servers;
import io.handoff.netty.Warns;
import io.handoff.netty.answer.ControlChannel;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffRejection.Reason;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A system call on a handoff connection fails whose descriptor has been sent: the broker is told, and serves the client on. The calls are
 * the kernel's, and fail for what they are called with.
 */
@ExtendWith(NoDescriptorsLeft.class)
class FailedCallsIT {

    private static final int EFAULT = 14;

    @TempDir
    Path directory;

    private final ReplacedDescriptors replaced = new ReplacedDescriptors();
    private final HandoffToken token = HandoffToken.random();
    private final RecordingListener listener = new RecordingListener() {
        @Override
        public void callFailed(IOException failure) {
            replaced.putBack();
            super.callFailed(failure);
        }
    };
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private @Nullable HandoffServer server;
    private @Nullable ClientConnection pair;

    @BeforeEach
    void loadTheNativeCode() throws Exception {
        Libc.checked(Libc.C.close(Libc.checked(Libc.C.eventfd(0, 0))));
        pair = ClientConnection.unix();
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            Servers.close(server);
        }
        EventLoops.end(workers);
        client().accepted().close();
        assertThat(client().client().receiveToEnd()).as("no copy is left").isEmpty();
        client().client().close();
    }

    @Test
    void shouldRejectTheOfferThatCannotBeRead() throws Exception {
        start(builder());
        onEachAccepted(connection -> connection.config().setAllocator(new WithoutMemoryAtFirst()));

        try (TestBroker broker = connect()) {
            broker.offer(
                    Frames.offerFrame(token, 7).build(), client().accepted().descriptor());
            assertThatRejects(broker, 7, "recvAddress(..) failed with error(-14): Bad address");
        }
        assertThatCounted(EFAULT);
    }

    /** What Netty makes of ENOTCONN is no IOException. */
    @Test
    void shouldRejectTheOfferThatCannotBeReadForWantOfAConnection() throws Exception {
        start(builder());
        onEachAccepted(connection -> connection.config().setAllocator(new WithoutMemoryAtFirst() {
            @Override
            ByteBuf withoutMemory(int initialCapacity, int maxCapacity) {
                throw new NotYetConnectedException();
            }
        }));

        try (TestBroker broker = connect()) {
            broker.offer(
                    Frames.offerFrame(token, 7).build(), client().accepted().descriptor());
            assertThatRejects(broker, 7, "java.nio.channels.NotYetConnectedException");
        }
        assertThatCounted(0);
    }

    /** Nothing tells the correlation id, and an ACK with another says nothing to the broker (WIRE §8). */
    @Test
    void shouldCloseTheConnectionWhoseOfferCannotBeReadAndHasComeInPart() throws Exception {
        start(builder());
        onEachAccepted(connection -> connection.config().setAllocator(new WithoutMemoryAtFirst()));

        byte[] offer = Frames.offer(token, 7);
        try (TestBroker broker = connect()) {
            broker.send(token.toBytes(), client().accepted().descriptor()).send(Arrays.copyOf(offer, offer.length / 2));
            assertThat(broker.receiveToEnd()).isEmpty();
        }
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
        assertThat(running().metrics().failuresByErrno()).isEqualTo(Map.of(EFAULT, 1L));
    }

    @Test
    void shouldRejectTheOfferOfAPeerThatTheKernelDoesNotName() throws Exception {
        start(builder().peerPolicy(peer -> {
            throw new AssertionError("asked about a peer that is unknown");
        }));
        onEachAccepted(connection -> replaced.replace(connection.fd().intValue()));

        try (TestBroker broker = connect()) {
            broker.offer(
                    Frames.offerFrame(token, 7).build(), client().accepted().descriptor());
            assertThatRejects(
                    broker, 7, "cannot tell who has connected: getsockopt() failed: Socket operation on non-socket");
        }
        // Netty keeps the number to itself.
        assertThatCounted(0);
    }

    /** As it is where fs.epoll.max_user_watches is used up (ENOSPC). */
    @Test
    void shouldRejectTheOfferOfAConnectionThatEpollDoesNotTake() throws Exception {
        start(builder());
        onEachOpened(this::replaceOnceLookedAt);

        byte[] offer = Frames.offer(token, 7);
        try (TestBroker broker = connect()) {
            broker.send(token.toBytes(), client().accepted().descriptor());
            await().until(listener.callFailures::size, size -> size == 1);
            broker.send(Arrays.copyOf(offer, 9)).send(Arrays.copyOfRange(offer, 9, offer.length));
            broker.shutdownOutput();
            assertThatRejects(broker, 7, "epoll_ctl(..) failed with error(-1): Operation not permitted");
        }
        assertThatCounted(ReplacedDescriptors.EPERM);
    }

    @Test
    void shouldEndAConnectionThatEpollDoesNotTakeWithItsBroker() throws Exception {
        start(builder());
        onEachOpened(this::replaceOnceLookedAt);

        try (TestBroker broker = connect()) {
            broker.send(token.toBytes(), client().accepted().descriptor()).send(new byte[] {1});
            await().until(listener.callFailures::size, size -> size == 1);
        }
        await().until(() -> running().metrics().wireErrors(Kind.UNEXPECTED_EOF), count -> count == 1);
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
    }

    @Test
    void shouldCloseAConnectionThatEpollDoesNotTakeAtTheDeadline() throws Exception {
        start(builder().offerTimeout(Duration.ofMillis(500)));
        onEachOpened(this::replaceOnceLookedAt);

        try (TestBroker broker = connect()) {
            broker.send(token.toBytes(), client().accepted().descriptor());
            assertThat(broker.receiveToEnd()).isEmpty();
        }
        await().until(() -> running().metrics().wireErrors(Kind.DEADLINE_EXCEEDED), count -> count == 1);
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
    }

    @Test
    @Warns(sometimes = "was not closed in time")
    void shouldCloseAConnectionThatEpollDoesNotTakeWithTheServer() throws Exception {
        start(builder());
        onEachOpened(this::replaceOnceLookedAt);

        try (TestBroker broker = connect()) {
            broker.send(token.toBytes(), client().accepted().descriptor());
            await().until(listener.callFailures::size, size -> size == 1);

            running().shutdownGracefully(Duration.ZERO, Duration.ofMillis(100)).get();

            assertThat(broker.receiveToEnd()).isEmpty();
        }
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
    }

    /** Its token is still to come when epoll refuses to wait for it; later it takes the connection. */
    @Test
    void shouldAcceptTheOfferWhoseTokenEpollDoesNotWaitFor() throws Exception {
        start(builder().socketCalls(new FaultyCalls() {
            @Override
            public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
                Received received = super.receive(socket, maxBytes);
                if (received == null && listener.callFailures.isEmpty()) {
                    replaced.replace(socket.intValue());
                }
                return received;
            }
        }));

        try (TestBroker broker = connect()) {
            await().until(listener.callFailures::size, size -> size == 1);
            broker.send(Arrays.copyOf(token.toBytes(), 5), client().accepted().descriptor())
                    .send(Arrays.copyOfRange(token.toBytes(), 5, HandoffToken.BYTES))
                    .send(Frames.offer(token, 7));
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 7));
        }
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
        assertThatCounted(ReplacedDescriptors.EPERM);
    }

    private void assertThatRejects(TestBroker broker, long correlationId, String failure) throws IOException {
        assertThat(new String(broker.receiveToEnd(), ISO_8859_1))
                .isEqualTo(new String(
                        Frames.rejecting(
                                token,
                                correlationId,
                                "handoff offer could not be judged, a system call of the backend failed: " + failure),
                        ISO_8859_1));
        assertThat(running().metrics().offersRejected(Reason.CALL_FAILED)).isEqualTo(1);
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
        await().until(() -> running().tokens().pendingCount().get(), count -> count == 0);
    }

    private void assertThatCounted(int errno) {
        assertThat(running().metrics().failuresByErrno()).isEqualTo(Map.of(errno, 1L));
        assertThat(listener.callFailures).hasSize(1);
        assertThat(running().metrics().openConnections()).isZero();
    }

    /** Until a call has failed its buffers are at an address where there is no memory: recv(2) fails with EFAULT, and takes nothing. */
    private class WithoutMemoryAtFirst extends AbstractByteBufAllocator {
        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return listener.callFailures.isEmpty()
                    ? withoutMemory(initialCapacity, maxCapacity)
                    : UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
        }

        ByteBuf withoutMemory(int initialCapacity, int maxCapacity) {
            return new UnpooledDirectByteBuf(this, initialCapacity, maxCapacity) {
                @Override
                public boolean hasMemoryAddress() {
                    return true;
                }

                @Override
                public long memoryAddress() {
                    return 1;
                }
            };
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    private void onEachAccepted(Consumer<ControlChannel> action) throws Exception {
        onAcceptor(acceptor -> acceptor.addFirst(new OnEach(action)));
    }

    /** Its token and descriptor have come; next it is registered with its loop, and read once. */
    private void onEachOpened(Consumer<ControlChannel> action) throws Exception {
        onAcceptor(acceptor ->
                acceptor.addAfter(acceptor.context(DescriptorReceiver.class).name(), "opened", new OnEach(action)));
    }

    /** On its loop: a handler that is added elsewhere may stand there a moment later. */
    private void onAcceptor(Consumer<ChannelPipeline> change) throws Exception {
        Channel acceptor = running().acceptor.channel();
        acceptor.eventLoop().submit(() -> change.accept(acceptor.pipeline())).get();
    }

    /** Nothing was there to read; epoll is next. */
    private void replaceOnceLookedAt(Channel connection) {
        connection.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                if (listener.callFailures.isEmpty()) {
                    replaced.replace(((ControlChannel) ctx.channel()).fd().intValue());
                }
                ctx.fireChannelReadComplete();
            }
        });
    }

    private static final class OnEach extends ChannelInboundHandlerAdapter {
        private final Consumer<ControlChannel> action;

        OnEach(Consumer<ControlChannel> action) {
            this.action = action;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object accepted) {
            action.accept((ControlChannel) accepted);
            ctx.fireChannelRead(accepted);
        }
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
        return Objects.requireNonNull(server);
    }

    private ClientConnection client() {
        return Objects.requireNonNull(pair);
    }

    private TestBroker connect() throws IOException {
        return TestBroker.connect(running().path());
    }
}
