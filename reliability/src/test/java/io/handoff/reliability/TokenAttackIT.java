package io.handoff.reliability;

import static io.handoff.netty.HandoffRejection.Reason.TOKEN_MISMATCH;
import static io.handoff.netty.HandoffRejection.Reason.TOKEN_NOT_PENDING;
import static io.handoff.netty.HandoffRejection.Reason.TOKEN_STORE;
import static io.handoff.reliability.TokenPeer.ACCEPTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.benchmarks.load.LibcCalls;
import io.handoff.netty.DescriptorPolicy;
import io.handoff.netty.ExpectedTokenPolicy;
import io.handoff.netty.HandoffPipeline;
import io.handoff.netty.HandoffToken;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that may connect, and present tokens in every way that is wrong. */
@Timeout(600)
class TokenAttackIT {

    private static final String NOT_PENDING = "handoff token is not pending";

    private static final TokenPage PAGE = new TokenPage();

    @TempDir
    Path directory;

    private Path socket;
    private LibcCalls libc;
    private long socketsBefore;

    @BeforeEach
    void look() throws IOException {
        socket = directory.resolve("socket");
        libc = new LibcCalls(socket);
        // The JDK opens a socket of its own along with the first one of the program, and keeps it.
        SocketChannel.open(StandardProtocolFamily.UNIX).close();
        socketsBefore = openSockets();
    }

    @AfterEach
    void shouldLeaveNoSocketOpen() {
        await().until(TokenAttackIT::openSockets, open -> open <= socketsBefore);
    }

    @AfterAll
    static void writePage() throws IOException {
        PAGE.write(TokenAttackIT.class);
    }

    @Test
    void shouldAcceptATokenOnceWhenACrowdPresentsItAndAgainWhenItIsReplayed() throws Exception {
        int peers = Reliability.sized(500, 100);
        int rounds = Reliability.sized(100, 5);
        try (TokenBackend backend = framed(1024, 4096);
                TokenCrowd crowd = TokenCrowd.connect(socket, peers)) {
            Map<String, Integer> one = Map.of(ACCEPTED, 1, NOT_PENDING, crowd.size() - 1);
            Map<String, Integer> none = Map.of(NOT_PENDING, crowd.size());
            for (int round = 0; round < rounds; round++) {
                HandoffToken token = backend.issue();
                assertThat(crowd.present(token)).as("round %d", round).isEqualTo(one);
                assertThat(crowd.present(token)).as("replay %d", round).isEqualTo(none);
                try (TokenPeer newcomer = TokenPeer.connect(libc)) {
                    assertThat(newcomer.present(token).verdict()).isEqualTo(NOT_PENDING);
                }
            }
            long refused = (long) rounds * 2 * crowd.size();
            assertThat(backend.accepted()).isEqualTo(rounds);
            assertThat(backend.rejected(TOKEN_NOT_PENDING)).isEqualTo(refused);
            PAGE.row(
                    "one token presented by " + crowd.size()
                            + " connections at once, then by all of them again, then by" + " a new one; " + rounds
                            + " tokens",
                    rounds + refused,
                    rounds,
                    "each token accepted exactly once");
        }
    }

    @Test
    void shouldAdoptOneClientWhenManyCarryTheSameToken() throws Exception {
        int peers = Reliability.sized(500, 60);
        int rounds = Reliability.sized(20, 3);
        try (TokenBackend backend = adopting(ExpectedTokenPolicy.pending(), 1024)) {
            for (int round = 0; round < rounds; round++) {
                assertThat(servedOf(peers, backend.issue()))
                        .as("round %d", round)
                        .isEqualTo(1);
            }
            assertThat(backend.accepted()).isEqualTo(rounds);
            assertThat(backend.rejected(TOKEN_NOT_PENDING)).isEqualTo((long) rounds * (peers - 1));
            PAGE.row(
                    "one pending token carried by " + peers + " connections, each with a client of its own; " + rounds
                            + " tokens",
                    (long) rounds * peers,
                    rounds,
                    "one client served for each token, all others let go untouched");
        }
    }

    /** Carries the token on that many connections, each with a client, and then offers it on all; counts who is served. */
    private int servedOf(int peers, HandoffToken token) throws Exception {
        List<AutoCloseable> open = new ArrayList<>();
        try {
            List<TokenPeer> brokers = new ArrayList<>();
            List<CarriedClient> clients = new ArrayList<>();
            for (int i = 0; i < peers; i++) {
                CarriedClient client = new CarriedClient(libc);
                open.add(client);
                clients.add(client);
                TokenPeer broker = TokenPeer.connect(libc);
                open.add(broker);
                brokers.add(broker.carry(libc, token, client));
            }
            for (TokenPeer broker : brokers) {
                broker.present(token);
            }
            int served = 0;
            for (int i = 0; i < peers; i++) {
                boolean isAccepted = brokers.get(i).verdict().equals(ACCEPTED);
                assertThat(clients.get(i).isServed()).isEqualTo(isAccepted);
                served += isAccepted ? 1 : 0;
            }
            return served;
        } finally {
            closeAll(open);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseATokenOnAnotherConnectionThanItsOwn(boolean isCarried) throws Exception {
        int times = Reliability.sized(2000, 50);
        ExpectedTokenPolicy policy = isCarried ? ExpectedTokenPolicy.carried() : ExpectedTokenPolicy.pending();
        try (TokenBackend backend = adopting(policy, 1024)) {
            for (int i = 0; i < times; i++) {
                HandoffToken first = isCarried ? HandoffToken.random() : backend.issue();
                HandoffToken second = isCarried ? HandoffToken.random() : backend.issue();
                try (CarriedClient client = new CarriedClient(libc);
                        CarriedClient strangersClient = new CarriedClient(libc);
                        TokenPeer peer = TokenPeer.connect(libc).carry(libc, first, client);
                        TokenPeer stranger = TokenPeer.connect(libc).carry(libc, second, strangersClient)) {
                    assertThat(stranger.present(first).verdict()).isEqualTo("handoff token mismatch");
                    assertThat(strangersClient.isServed()).isFalse();
                    assertThat(peer.present(first).verdict()).isEqualTo(ACCEPTED);
                    assertThat(client.isServed()).isTrue();
                }
                if (!isCarried) {
                    assertThat(backend.tokens().revoke(second).get())
                            .as("the stranger's own token is not consumed")
                            .isTrue();
                }
            }
            assertThat(backend.rejected(TOKEN_MISMATCH)).isEqualTo(times);
            PAGE.row(
                    "a token that came with one client, presented on the connection of another ("
                            + (isCarried ? "carried" : "pending") + " tokens)",
                    2L * times,
                    times,
                    "accepted on its own connection only, after the attempt");
        }
    }

    @Test
    void shouldAcceptATokenAtMostOnceAndNeverAfterItsTime() throws Exception {
        int each = Reliability.sized(5_000, 200);
        Duration timeToLive = Duration.ofMillis(5);
        try (TokenBackend backend = framed(16, 16, timeToLive);
                ExpiryRace race = new ExpiryRace(backend.tokens(), timeToLive, libc)) {
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
            while (race.acceptedTokens() < each || race.expiredTokens() < each) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                race.presentTheNext();
            }
            long tokens = race.acceptedTokens() + race.expiredTokens();
            assertThat(backend.accepted()).isEqualTo(race.acceptedTokens());
            PAGE.row(
                    tokens + " tokens, each presented by two connections within half a millisecond of its expiry",
                    2 * tokens,
                    race.acceptedTokens(),
                    "none twice, none offered after its time to live; " + race.expiredTokens() + " tokens had expired");
        }
    }

    @Test
    void shouldAcceptATokenOnceForEachTimeItIsRegistered() throws Exception {
        int wanted = Reliability.sized(100_000, 2000);
        try (TokenBackend backend = framed(16, 16, Duration.ofMillis(1))) {
            ReissueRace race = new ReissueRace(backend.tokens(), socket);
            race.run(3, wanted);
            assertThat(race.accepted()).isEqualTo(backend.accepted()).isBetween((long) wanted, race.registered());
            PAGE.row(
                    "the same token registered again and again, and presented by 3 connections at full speed",
                    race.presented(),
                    race.accepted(),
                    "registered " + race.registered() + " times, living 1 ms each time");
        }
    }

    @Test
    void shouldServeLegitimateTokensWhileGuessersRunAtFullSpeed() throws Exception {
        int held = 1000;
        try (TokenBackend backend = framed(1024, 64)) {
            List<HandoffToken> before = new ArrayList<>();
            for (int i = 0; i < held; i++) {
                before.add(backend.issue());
            }
            GuessingAttack attack = new GuessingAttack(backend, socket, before, NOT_PENDING);
            attack.run(4, Duration.ofSeconds(Reliability.sized(30, 2)));

            assertThat(backend.rejected(TOKEN_NOT_PENDING))
                    .as("what the metrics count, and what the guessers do")
                    .isEqualTo(attack.guesses());
            assertThat(attack.mostPending()).isBetween(held, 1024);
            assertThat(attack.slowestAnswer()).isLessThan(HandoffPipeline.DEFAULT_OFFER_TIMEOUT);
            try (TokenPeer peer = TokenPeer.connect(libc)) {
                peer.present(before);
                for (int i = 0; i < held; i++) {
                    assertThat(peer.verdict()).isEqualTo(ACCEPTED);
                }
            }
            assertThat(backend.pending()).isZero();
            PAGE.row(
                    "4 connections guess at full speed, every second guess a single bit off a pending token; " + held
                            + " tokens are pending all the while",
                    attack.guesses() + attack.served() + held,
                    attack.served() + held,
                    attack.findings());
        }
    }

    @Test
    void shouldHoldNoMoreCarriedTokensThanItMayAndForgetThemWithTheirConnections() throws Exception {
        int bound = 64;
        int holders = 200;
        List<AutoCloseable> held = new ArrayList<>();
        try (TokenBackend backend = adopting(ExpectedTokenPolicy.carried(), bound)) {
            for (int i = 0; i < holders; i++) {
                CarriedClient client = new CarriedClient(libc);
                held.add(client);
                held.add(TokenPeer.connect(libc).carry(libc, HandoffToken.random(), client));
            }
            await().until(backend::connections, open -> open == holders);
            await().until(backend::pending, pending -> pending == bound);
            assertThat(handOff()).isEqualTo("handoff token store error: handoff token pending limit reached (64)");
            assertThat(backend.pending()).isEqualTo(bound);
            assertThat(backend.rejected(TOKEN_STORE)).isEqualTo(1);

            closeAll(held);
            await().until(backend::pending, pending -> pending == 0);
            await().until(backend::connections, open -> open == 0);
            assertThat(handOff()).isEqualTo(ACCEPTED);
            PAGE.row(
                    holders + " connections carry random tokens and offer nothing; at most " + bound
                            + " may be pending",
                    2,
                    1,
                    bound + " pending, a legitimate handoff told so; all forgotten with their connections, the next"
                            + " accepted");
        } finally {
            closeAll(held);
        }
    }

    @Test
    void shouldForgetWhatGuessersHaveCarriedWhileItServesOthers() throws Exception {
        int bound = 64;
        Duration duration = Duration.ofSeconds(Reliability.sized(20, 2));
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (TokenBackend backend = adopting(ExpectedTokenPolicy.carried(), bound)) {
            List<Future<Long>> guessers = List.of(
                    threads.submit(new CarryingGuesser(socket, isOver)),
                    threads.submit(new CarryingGuesser(socket, isOver)));
            long end = System.nanoTime() + duration.toNanos();
            int served = 0;
            while (System.nanoTime() < end) {
                assertThat(handOff()).isEqualTo(ACCEPTED);
                assertThat(backend.pending()).isLessThanOrEqualTo(bound);
                served++;
            }
            isOver.set(true);
            long guesses = guessers.get(0).get() + guessers.get(1).get();

            await().until(backend::pending, pending -> pending == 0);
            await().until(backend::connections, open -> open == 0);
            assertThat(backend.rejected(TOKEN_MISMATCH)).isEqualTo(guesses);
            assertThat(backend.accepted()).isEqualTo(served);
            PAGE.row(
                    "2 peers bring a client with one random token and offer another, one connection after the other;"
                            + " at most " + bound + " may be pending",
                    guesses + served,
                    served,
                    guesses / duration.toSeconds() + " guesses a second, none pending in the end; " + served
                            + " legitimate handoffs meanwhile, all served");
        } finally {
            isOver.set(true);
            threads.shutdown();
        }
    }

    /** Does nothing about what is closed already. */
    private static void closeAll(List<AutoCloseable> all) throws Exception {
        for (AutoCloseable each : all) {
            each.close();
        }
    }

    /** Hands a client off as a broker does, and tells the verdict. */
    private String handOff() throws IOException {
        HandoffToken token = HandoffToken.random();
        try (CarriedClient client = new CarriedClient(libc);
                TokenPeer broker = TokenPeer.connect(libc)) {
            String verdict = broker.carry(libc, token, client).present(token).verdict();
            assertThat(client.isServed()).isEqualTo(verdict.equals(ACCEPTED));
            return verdict;
        }
    }

    private TokenBackend framed(int maxPending, int maxConnections) throws Exception {
        return framed(maxPending, maxConnections, Duration.ofMinutes(10));
    }

    private TokenBackend framed(int maxPending, int maxConnections, Duration timeToLive) throws Exception {
        return new TokenBackend(
                socket,
                builder -> builder.descriptors(DescriptorPolicy.NONE)
                        .maxPendingTokens(maxPending)
                        .maxConnections(maxConnections)
                        .tokenTimeToLive(timeToLive));
    }

    private TokenBackend adopting(ExpectedTokenPolicy policy, int maxPending) throws Exception {
        return new TokenBackend(
                socket, builder -> builder.expectedTokens(policy).maxPendingTokens(maxPending));
    }

    private static long openSockets() throws IOException {
        long open = 0;
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                open += isSocket(descriptor) ? 1 : 0;
            }
        }
        return open;
    }

    private static boolean isSocket(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (NoSuchFileException e) {
            // Closed meanwhile.
            return false;
        }
    }
}
