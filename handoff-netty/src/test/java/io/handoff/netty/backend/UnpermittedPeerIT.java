package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.Frames;
import io.handoff.netty.RecordingListener;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.ProcessUid;
import io.handoff.netty.observe.ConnectionRefusal;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffRejection.Reason;
import io.handoff.netty.wire.Rejections;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Whom the policy does not permit is told so: it may be a broker of another user, or of a user unknown here, with a client. */
@ExtendWith(NoDescriptorsLeft.class)
class UnpermittedPeerIT {

    /** The least that a server has for those it does not permit. */
    private static final int PLACES = 16;

    @TempDir
    Path directory;

    private final RecordingListener listener = new RecordingListener();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : opened) {
            resource.close();
        }
        EventLoops.end(loops);
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = Mode.EXCLUDE)
    void shouldRejectTheOfferOfAPeerThatIsNotPermitted(DescriptorPolicy descriptors) throws Exception {
        HandoffServer server = start(builder().descriptors(descriptors).peerPolicy(peer -> false));
        HandoffToken token = HandoffToken.random();
        try (ClientConnection client = ClientConnection.tcp();
                TestBroker broker = TestBroker.connect(server.path())) {
            client.client().send(new byte[] {42});

            broker.offer(Frames.offerFrame(token, 7).build(), client.accepted().descriptor());

            assertThat(broker.receiveToEnd()).isEqualTo(Frames.rejecting(token, 7, text()));
            assertThat(client.accepted().receive(1))
                    .as("what the client has sent")
                    .containsExactly(42);
        }
        assertThat(listener.refused)
                .singleElement()
                .extracting(RecordingListener.Refused::refusal)
                .isEqualTo(ConnectionRefusal.PEER_NOT_PERMITTED);
        assertThat(server.metrics().offersRejected(Reason.PEER_NOT_PERMITTED)).isEqualTo(1);
        assertThat(server.tokens().pendingCount().get()).isZero();
        await().until(() -> server.metrics().openConnections(), open -> open == 0);
    }

    @Test
    void shouldLeaveADescriptorThatIsRequiredWithTheKernel() throws Exception {
        HandoffServer server = start(builder().peerPolicy(peer -> false));
        try (ClientConnection client = ClientConnection.unix();
                TestBroker broker = TestBroker.connect(server.path())) {
            broker.offer(
                    Frames.offerFrame(HandoffToken.random(), 7).build(),
                    client.accepted().descriptor());
            broker.receiveToEnd();
        }
        assertThat(server.metrics().descriptorsReceived()).isZero();
    }

    @Test
    void shouldLeaveTheClientWithItsBrokerEachTime() throws Exception {
        HandoffServer server = start(builder().peerPolicy(peer -> false));
        HandoffBroker broker = HandoffBroker.builder(server.path()).build();

        for (int round = 0; round < 50; round++) {
            try (ClientConnection pair = ClientConnection.tcp()) {
                EpollSocketChannel client = channelOf(pair);
                HandoffOutcome outcome = broker.handOff(client, "echo", HandoffToken.random(), round)
                        .get();

                assertThat(outcome).isEqualTo(new HandoffOutcome.Rejected(text()));
                assertThat(client.isActive()).isTrue();
                client.close().sync();
            }
        }
    }

    private EpollSocketChannel channelOf(ClientConnection pair) throws Exception {
        EpollSocketChannel client =
                LibcSocketCalls.INSTANCE.duplicate(pair.accepted().descriptor()).transferTo(EpollSocketChannel::new);
        client.config().setAutoRead(false);
        loops.register(client).sync();
        return client;
    }

    @Test
    void shouldTakeNobodysPlaceAndCloseAtOnceWhatHasNone() throws Exception {
        AtomicBoolean isPermitted = new AtomicBoolean();
        HandoffServer server = start(builder()
                .descriptors(DescriptorPolicy.OPTIONAL)
                .maxConnections(1)
                .peerPolicy(peer -> isPermitted.get()));
        for (int i = 0; i < 2 * PLACES; i++) {
            opened.add(0, TestBroker.connect(server.path()));
        }
        await().until(listener.refused::size, size -> size == 2 * PLACES);
        assertThat(server.metrics().openConnections())
                .as("those who offer nothing")
                .isEqualTo(PLACES);

        isPermitted.set(true);
        HandoffToken token = HandoffToken.random();
        try (ClientConnection client = ClientConnection.tcp();
                TestBroker broker = TestBroker.connect(server.path())) {
            broker.offer(Frames.offerFrame(token, 1).build(), client.accepted().descriptor());
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        }
        await().until(() -> server.metrics().openConnections(), open -> open == PLACES);
    }

    @Test
    void shouldSayWhatTheOverflowUserStandsFor() {
        assertThat(Rejections.peerNotPermitted(65534, true).detail())
                .isEqualTo(
                        "handoff peer is not permitted: the backend sees it with uid 65534, which stands for every user"
                                + " whom the user namespace of the backend does not know");
        assertThat(Rejections.peerNotPermitted(-2, false).detail())
                .isEqualTo("handoff peer is not permitted: the backend sees it with uid 4294967294");
    }

    private static String text() {
        int uid = ProcessUid.effective();
        return Rejections.peerNotPermitted(uid, uid == ProcessUid.overflow()).detail();
    }

    private HandoffServerBuilder builder() {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .adoptInto(loops, new Silent())
                .expectedTokens(ExpectedTokenPolicy.carried())
                .offerTimeout(Duration.ofMinutes(1))
                .listener(listener);
    }

    private HandoffServer start(HandoffServerBuilder builder) throws Exception {
        HandoffServer server = builder.start().get();
        opened.add(server);
        return server;
    }

    /** Reads nothing of what it gets. */
    @Sharable
    private static final class Silent extends ChannelInboundHandlerAdapter {}
}
