package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.Offer;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference broker hands connections to this library's server; each side says what it saw. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
@ParameterizedClass
@MethodSource("io.handoff.netty.ReferenceVersion#all")
class ReferenceBrokerIT {

    /** How the reference broker reports the failures that it finds in an ACK, or in its absence. */
    private static final String NOT_OBSERVED = "backend handoff ACK was not observed: ";

    private static final String REFUSED = NOT_OBSERVED + "backend refused the handoff: ";

    private final ReferenceVersion reference;

    @TempDir
    Path directory;

    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final RecordingListener listener = new RecordingListener();
    private final Queue<Channel> adopted = new ConcurrentLinkedQueue<>();
    private @Nullable HandoffServer server;

    ReferenceBrokerIT(ReferenceVersion reference) {
        this.reference = reference;
    }

    @AfterEach
    void stop() throws Exception {
        await().until(() -> adopted.stream().noneMatch(Channel::isOpen));
        if (server != null) {
            server.close();
        }
        EventLoops.end(workers);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeAConnectionWithTheTokenThatItCarries(boolean tcp) throws Exception {
        start(carried());

        Report report = broker(tcp ? List.of("--tcp", "--service", "zccache") : List.of("--service", "zccache"));

        assertCompleted(report);
        Offer offer = accepted();
        assertThat(offer.serviceName()).isEqualTo("zccache");
        assertThat(offer.correlationId()).isEqualTo(1);
        assertThat(pendingTokens()).isZero();
        HandedOffConnection connection =
                adopted.element().attr(HandedOffConnection.KEY).get();
        assertThat(connection.serviceName()).isEqualTo("zccache");
        assertThat(connection.correlationId()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "9223372036854775808", "18446744073709551615"})
    void shouldAgreeOnCorrelationIdsOfSixtyFourBits(String id) throws Exception {
        start(carried());

        Report report = broker(List.of("--first-id", id));

        assertThat(report.lines())
                .containsExactly(
                        "handoff correlation_id=" + id + " outcome=completed client=echoed detail=",
                        "summary completed=1 abandoned=0 lost=0 descriptors_left=0");
        assertThat(Long.toUnsignedString(accepted().correlationId())).isEqualTo(id);
    }

    /** A broker of v1 says nothing of WIRE §10, and is told nothing. */
    @Test
    void shouldServeAConnectionWithWhichNothingTravelsThoughItMight() throws Exception {
        start(carried().maxStateBytes(1000));

        assertCompleted(broker(List.of("--tcp")));

        assertThat(accepted().carriedBytes()).isZero();
        assertThat(adopted.element().attr(HandedOffConnection.KEY).get().state().hasRemaining())
                .isFalse();
    }

    @Test
    void shouldServeAConnectionWhoseTokenIsPending() throws Exception {
        start(builder());
        HandoffToken token = running().tokens().issue().get();

        assertCompleted(broker(List.of("--token", token.toHex())));

        assertThat(pendingTokens()).isZero();
    }

    @Test
    void shouldRejectATokenThatIsNotPending() throws Exception {
        start(builder());

        assertRefused(broker(List.of()), "handoff token is not pending", HandoffRejection.Reason.TOKEN_NOT_PENDING);
    }

    @Test
    void shouldRejectAReplay() throws Exception {
        start(builder());
        HandoffToken token = running().tokens().issue().get();

        Report report = broker(List.of("--replay", "--token", token.toHex()));

        assertThat(report.lines())
                .containsExactly(
                        "handoff correlation_id=1 outcome=completed client=echoed detail=",
                        "handoff correlation_id=2 outcome=abandoned client=untouched detail=" + REFUSED
                                + "handoff token is not pending",
                        "summary completed=1 abandoned=1 lost=0 descriptors_left=0");
        assertThat(running().metrics().offersAccepted()).isEqualTo(1);
        assertThat(running().metrics().offersRejected(HandoffRejection.Reason.TOKEN_NOT_PENDING))
                .isEqualTo(1);
    }

    /** The 16 bytes only tie an offer to its descriptor then: another connection may come with the same ones. */
    @Test
    void shouldServeTwoConnectionsThatCarryTheSameTokenOneAfterTheOther() throws Exception {
        start(carried());

        Report report = broker(List.of("--replay"));

        assertThat(report.exit()).isZero();
        assertThat(running().metrics().offersAccepted()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRejectAnOfferWhoseTokenIsNotTheOneThatCameWithTheDescriptor(boolean carried) throws Exception {
        start(carried ? carried() : builder());
        HandoffToken token = running().tokens().issue().get();

        Report report = broker(List.of("--wrong-token", "--token", token.toHex()));

        assertRefused(report, "handoff token mismatch", HandoffRejection.Reason.TOKEN_MISMATCH);
        assertThat(pendingTokens()).as("nothing is consumed").isEqualTo(1);
    }

    @Test
    void shouldRejectAnotherTokenThanTheOneExpected() throws Exception {
        HandoffToken expected = HandoffToken.random();
        start(builder().expectedTokens(ExpectedTokenPolicy.expected(expected)).pendingTokens(List.of(expected)));

        Report report = broker(List.of());

        assertRefused(report, "handoff token mismatch", HandoffRejection.Reason.TOKEN_MISMATCH);
        assertCompleted(broker(List.of("--token", expected.toHex())));
        assertThat(pendingTokens()).isZero();
    }

    @Test
    void shouldRejectAnExpiredToken() throws Exception {
        start(builder().tokenTimeToLive(Duration.ofNanos(1)));
        HandoffToken token = running().tokens().issue().get();

        Report report = broker(List.of("--token", token.toHex()));

        assertRefused(report, "handoff token expired", HandoffRejection.Reason.TOKEN_EXPIRED);
        assertThat(pendingTokens()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no service of that name here", "geschlossen \u2013 \u9589\u5e97 \ud83d\ude80"})
    void shouldRejectWithTheTextOfTheProgram(String text) throws Exception {
        start(carried().admission((offer, peer) -> Optional.of(text)));

        assertRefused(broker(List.of("--tcp")), text, HandoffRejection.Reason.NOT_ADMITTED);
    }

    @Warns({"handoff adoption failed", "ChannelInitializer: Failed to initialize a channel"})
    @Test
    void shouldRejectWhenTheInitializerThrows() throws Exception {
        start(carried().adoptInto(workers, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                throw new IllegalStateException("initializer of this test");
            }
        }));

        assertRefused(
                broker(List.of("--tcp")),
                "handoff connection could not be adopted by the backend",
                HandoffRejection.Reason.ADOPTION_FAILED);
    }

    /** Ambiguous to the broker, which lets go of the connection; so it is served all the same. */
    @Test
    void shouldServeAConnectionWhoseBrokerLooksAtTheAckTooLate() throws Exception {
        start(carried());

        Report report = broker(List.of("--late-ack", "--ack-deadline", "100"));

        assertThat(report.exit()).isEqualTo(1);
        assertThat(report.lines().get(0))
                .isEqualTo("handoff correlation_id=1 outcome=abandoned client=echoed detail=" + NOT_OBSERVED
                        + reference.lateAck());
        assertThat(running().metrics().offersAccepted()).isEqualTo(1);
    }

    /** The offer is found when the broker is gone, so its ACK does not reach anybody. */
    @Test
    void shouldLetGoOfAConnectionWhoseBrokerHasGivenUp() throws Exception {
        EventLoopGroup control = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        CountDownLatch hold = new CountDownLatch(1);
        try {
            start(carried().controlLoops(control));
            control.submit(() -> hold.await(60, TimeUnit.SECONDS));

            Report report = broker(List.of("--ack-deadline", "100", "--patience", "100"));
            hold.countDown();

            assertThat(report.exit()).isEqualTo(1);
            assertThat(report.lines().get(0))
                    .startsWith("handoff correlation_id=1 outcome=abandoned client=let-go detail=" + NOT_OBSERVED
                            + "failed to read HandoffAck frame: I/O error: ");
            await().until(listener.ackFailures::size, count -> count == 1);
            assertThat(adopted).isEmpty();
            running().close();
        } finally {
            hold.countDown();
            EventLoops.end(control);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeAThousandConnectionsThirtyTwoAtATime(boolean tcp) throws Exception {
        start(carried().controlLoops(workers));
        List<String> arguments = new ArrayList<>(List.of("--count", "1000", "--concurrency", "32"));
        if (tcp) {
            arguments.add("--tcp");
        }

        Report report = broker(arguments);

        assertThat(report.lines()).endsWith("summary completed=1000 abandoned=0 lost=0 descriptors_left=0");
        assertThat(report.exit()).isZero();
        assertThat(running().metrics().offersAccepted()).isEqualTo(1000);
        assertThat(listener.judged.stream()
                        .map(HandoffAnswer::offer)
                        .map(Offer::correlationId)
                        .distinct())
                .hasSize(1000);
        assertThat(adopted).hasSize(1000);
        assertThat(running().metrics().acksFailed()).isZero();
        assertThat(listener.wireErrors).isEmpty();
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
        assertThat(pendingTokens()).isZero();
    }

    // The reference's broker and client as a whole, from the negotiation to the ready event

    @Test
    void shouldServeTheClientsOfTheWholeReferenceBroker() throws Exception {
        int clients = 100;
        start(carried());

        Report report = wholeBroker(clients);

        assertThat(report.lines())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, clients)
                        .mapToObj(client -> "client=" + client + " handed_off=true answered=true")
                        .toList());
        assertThat(report.exit()).isZero();
        assertThat(running().metrics().offersAccepted()).isEqualTo(clients);
        assertThat(listener.judged).allSatisfy(judged -> {
            assertThat(judged.offer().serviceName()).isEqualTo("zccache");
            assertThat(judged.offer().correlationId())
                    .as("of every handoff: its connection ids are not unique")
                    .isEqualTo(1);
        });
    }

    @Test
    void shouldSendTheClientsOfTheWholeReferenceBrokerAwayAtOnce() throws Exception {
        start(carried().admission((offer, peer) -> Optional.of("not today")));

        Report report = wholeBroker(2);

        String abandoned = reference.rejectionLog(REFUSED + "not today");
        assertThat(report.lines())
                .containsExactlyInAnyOrder(
                        "client=1 handed_off=false answered=false", "client=2 handed_off=false answered=false");
        assertThat(report.errorLines()).containsExactly(abandoned, abandoned);
        assertThat(running().metrics().offersRejected(HandoffRejection.Reason.NOT_ADMITTED))
                .isEqualTo(2);
        assertThat(adopted).isEmpty();
    }

    private Report wholeBroker(int clients) throws Exception {
        return peer(List.of(
                "serve",
                "--socket",
                running().path().toString(),
                "--service",
                "zccache",
                "--directory",
                directory.toString(),
                "--count",
                Integer.toString(clients)));
    }

    private void assertCompleted(Report report) {
        assertThat(report.lines())
                .containsExactly(
                        "handoff correlation_id=1 outcome=completed client=echoed detail=",
                        "summary completed=1 abandoned=0 lost=0 descriptors_left=0");
        assertThat(report.exit()).isZero();
        assertThat(running().metrics().offersAccepted()).isEqualTo(1);
        assertThat(running().metrics().acksFailed()).isZero();
    }

    /** The same text on both sides, and a connection that the broker goes on with. */
    private void assertRefused(Report report, String text, HandoffRejection.Reason reason) {
        assertThat(report.lines())
                .containsExactly(
                        "handoff correlation_id=1 outcome=abandoned client=untouched detail=" + REFUSED + text,
                        "summary completed=0 abandoned=1 lost=0 descriptors_left=0");
        assertThat(report.exit()).isEqualTo(1);
        assertThat(listener.judged).singleElement().isInstanceOfSatisfying(HandoffAnswer.Rejected.class, it -> {
            assertThat(it.rejection()).isEqualTo(new HandoffRejection(reason, text));
        });
        assertThat(running().metrics().offersRejected(reason)).isEqualTo(1);
        assertThat(adopted).isEmpty();
    }

    private Offer accepted() {
        assertThat(listener.judged).singleElement().isInstanceOf(HandoffAnswer.Accepted.class);
        return listener.judged.element().offer();
    }

    private int pendingTokens() throws Exception {
        return running().tokens().pendingCount().get();
    }

    private HandoffServerBuilder carried() {
        return builder().expectedTokens(ExpectedTokenPolicy.carried());
    }

    private HandoffServerBuilder builder() {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .adoptInto(workers, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Echo());
                    }
                })
                .listener(listener);
    }

    private void start(HandoffServerBuilder builder) throws Exception {
        server = builder.start().get();
    }

    private HandoffServer running() {
        return Objects.requireNonNull(server);
    }

    /** What a reference broker has printed, and its exit code. */
    private record Report(int exit, List<String> lines, List<String> errorLines) {}

    private Report broker(List<String> options) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("broker", "--socket", running().path().toString()));
        arguments.addAll(options);
        return peer(arguments);
    }

    private Report peer(List<String> arguments) throws Exception {
        try (ReferencePeer peer = ReferencePeer.start(reference, arguments)) {
            return new Report(peer.awaitExit(), peer.lines(), peer.errorLines());
        }
    }

    @ChannelHandler.Sharable
    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            adopted.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.writeAndFlush(msg);
        }
    }
}
