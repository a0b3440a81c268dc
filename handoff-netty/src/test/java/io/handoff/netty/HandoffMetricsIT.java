package io.handoff.netty;

import static io.handoff.netty.Libc.C;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.HandoffRejection.Reason;
import io.handoff.netty.HandoffWireException.Kind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
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
    private final int[] pair = Libc.pair(Libc.SOCK_STREAM);

    @AfterEach
    void stop() {
        C.close(pair[0]);
        C.close(pair[1]);
        workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
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
                NativeBroker broker = NativeBroker.connect(server.path())) {
            HandoffMetrics metrics = server.metrics();
            long start = System.nanoTime();
            broker.send(token.toBytes(), pair[0]);
            await().until(metrics::openDescriptors, open -> open == 1);
            assertThat(metrics.pendingTokens()).isEqualTo(1);
            assertThat(metrics.tokensRegistered()).isEqualTo(1);

            broker.send(Frames.offer(token, 1));
            assertThat(broker.receiveUntilClosed()).isEqualTo(Frames.accepting(token, 1));
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
                NativeBroker mismatching = NativeBroker.connect(server.path());
                NativeBroker vanishing = NativeBroker.connect(server.path());
                NativeBroker surplus = NativeBroker.connect(server.path())) {
            HandoffMetrics metrics = server.metrics();
            mismatching.send(token.toBytes(), pair[0]).send(Frames.offer(another, 1));
            assertThat(mismatching.receiveUntilClosed())
                    .isEqualTo(Frames.rejecting(another, 1, "handoff token mismatch"));
            vanishing.send(another.toBytes(), pair[0]).close();
            surplus.send(token.toBytes(), pair[0], pair[1]);
            assertThat(surplus.receiveUntilClosed()).isEmpty();

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

    @Test
    void shouldNotCountAConnectionAsAdoptedWhoseInitializerFails() throws Exception {
        HandoffToken token = HandoffToken.random();
        try (HandoffServer server = start(FAILING);
                NativeBroker broker = NativeBroker.connect(server.path())) {
            broker.handOff(token, 1, pair[0]);
            assertThat(broker.receiveUntilClosed())
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
