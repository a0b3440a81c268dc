package io.handoff.netty.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.Frames;
import io.handoff.netty.Warns;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffRejection.Reason;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The counts that a server takes by itself, not by being told: of tokens, descriptors and times. */
@ExtendWith(NoDescriptorsLeft.class)
class HandoffMetricsIT {

    private static final ChannelHandler SILENT = new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
        }
    };

    private static final ChannelHandler FAILING = new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
            throw new IllegalStateException("initializer of this test");
        }
    };

    @TempDir
    Path directory;

    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private ClientConnection pair;

    @BeforeEach
    void connectAClient() throws IOException {
        pair = ClientConnection.unix();
    }

    @AfterEach
    void stop() {
        pair.close();
        EventLoops.end(workers);
    }

    private HandoffServer start(ChannelHandler initializer) throws Exception {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .adoptInto(workers, initializer)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .start()
                .get();
    }

    @Test
    void shouldCountADescriptorAndItsTokenFromTheirArrivalToTheAdoption() throws Exception {
        HandoffToken token = HandoffToken.random();
        try (HandoffServer server = start(SILENT);
                TestBroker broker = TestBroker.connect(server.path())) {
            HandoffMetrics metrics = server.metrics();
            long start = System.nanoTime();
            broker.send(token.toBytes(), pair.accepted().descriptor());
            await().until(metrics::openDescriptors, open -> open == 1);
            assertThat(metrics.pendingTokens()).isEqualTo(1);
            assertThat(metrics.tokensRegistered()).isEqualTo(1);

            broker.send(Frames.offer(token, 1));
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
            await().until(metrics::connectionsAdopted, count -> count == 1);
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);

            assertThat(metrics.descriptorsReceived()).isEqualTo(1);
            assertThat(metrics.descriptorsAdopted()).isEqualTo(1);
            assertThat(metrics.descriptorsClosed()).isZero();
            assertThat(metrics.openDescriptors()).isZero();
            assertThat(metrics.tokensConsumed()).isEqualTo(1);
            assertThat(metrics.pendingTokens()).isZero();
            assertThat(metrics.connectionsOpened()).isEqualTo(1);
            assertThat(metrics.offersAnswered()).isEqualTo(1);
            assertThat(metrics.totalAnswerTime()).isPositive();
            assertThat(metrics.totalAdoptionTime()).isBetween(metrics.totalAnswerTime(), elapsed);
        }
    }

    @Test
    void shouldCountTheDescriptorsThatAreClosedAsTheyCame() throws Exception {
        HandoffToken token = HandoffToken.random();
        HandoffToken another = HandoffToken.random();
        try (HandoffServer server = start(SILENT);
                TestBroker mismatching = TestBroker.connect(server.path());
                TestBroker vanishing = TestBroker.connect(server.path());
                TestBroker surplus = TestBroker.connect(server.path())) {
            HandoffMetrics metrics = server.metrics();
            mismatching.send(token.toBytes(), pair.accepted().descriptor()).send(Frames.offer(another, 1));
            assertThat(mismatching.receiveToEnd()).isEqualTo(Frames.rejecting(another, 1, "handoff token mismatch"));
            vanishing.send(another.toBytes(), pair.accepted().descriptor()).close();
            surplus.send(
                    token.toBytes(), pair.accepted().descriptor(), pair.client().descriptor());
            assertThat(surplus.receiveToEnd()).isEmpty();

            await().until(metrics::descriptorsClosed, closed -> closed == 4);
            await().until(metrics::tokensRevoked, revoked -> revoked == 2);
            assertThat(metrics.descriptorsReceived()).isEqualTo(4);
            assertThat(metrics.descriptorsAdopted()).isZero();
            assertThat(metrics.pendingTokens()).isZero();
            assertThat(metrics.connectionsAdopted()).isZero();
            assertThat(metrics.offersAnswered()).isEqualTo(1);
            assertThat(metrics.offersRejected(Reason.TOKEN_MISMATCH)).isEqualTo(1);
            assertThat(metrics.wireErrors(Kind.DESCRIPTOR_SURPLUS)).isEqualTo(1);
        }
    }

    @Warns({"handoff adoption failed", "ChannelInitializer: Failed to initialize a channel"})
    @Test
    void shouldNotCountAConnectionAsAdoptedWhoseInitializerFails() throws Exception {
        HandoffToken token = HandoffToken.random();
        try (HandoffServer server = start(FAILING);
                TestBroker broker = TestBroker.connect(server.path())) {
            broker.offer(Frames.offerFrame(token, 1).build(), pair.accepted().descriptor());
            assertThat(broker.receiveToEnd())
                    .isEqualTo(Frames.rejecting(token, 1, "handoff connection could not be adopted by the backend"));

            HandoffMetrics metrics = server.metrics();
            await().until(metrics::offersAnswered, count -> count == 1);
            assertThat(metrics.descriptorsAdopted()).isEqualTo(1);
            assertThat(metrics.tokensConsumed()).isEqualTo(1);
            assertThat(metrics.connectionsAdopted()).isZero();
            assertThat(metrics.totalAdoptionTime()).isZero();
        }
    }
}
