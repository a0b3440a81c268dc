package io.handoff.netty.preface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.preface.ClientPreface.Http1;
import io.handoff.netty.preface.ClientPreface.Http2;
import io.handoff.netty.preface.ClientPreface.Other;
import io.handoff.netty.preface.ClientPreface.Silent;
import io.handoff.netty.preface.ClientPreface.Tls;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a peek tells of real clients, at which cost; and that every byte is still there. */
class PrefacePeekerIT extends PeekFixture {

    @ParameterizedTest
    @EnumSource
    void shouldTellWhatHasComeAlreadyAndReadNothingOfIt(Family family) throws Exception {
        Served served = connect(family);
        byte[] hello = ClientHellos.real("www.example.com", "h2");
        served.client().send(hello);

        assertThat(get(peeker(LONG).peek(served.channel()))).isEqualTo(new Tls("www.example.com", List.of("h2")));

        assertServedWith(served, hello);
    }

    @ParameterizedTest
    @EnumSource
    void shouldWaitForWhatComesLaterAndReadNothingOfIt(Family family) throws Exception {
        Served served = connect(family);
        byte[] hello = ClientHellos.real("www.example.com", "h2");
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());
        assertThat(peeked.isDone()).isFalse();

        served.client().send(hello);

        assertThat(get(peeked)).isEqualTo(new Tls("www.example.com", List.of("h2")));
        assertServedWith(served, hello);
    }

    @Test
    void shouldTellAHelloThatComesByteByByte() throws Exception {
        Served served = connect(Family.TCP);
        byte[] hello = ClientHellos.inRecords(
                ClientHellos.message(ClientHellos.serverName("a.example"), ClientHellos.padding(200)), 50);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());

        sendByteByByte(served, hello);

        assertThat(get(peeked)).isEqualTo(new Tls("a.example", List.of()));
        assertServedWith(served, hello);
        // A header and a record for each of six records, and the first byte.
        assertThat(calls.copied.get()).isLessThanOrEqualTo(1 + 2 * 6 + 1);
        // Once for each segment, at the start, and at the end of its first wait.
        assertThat(calls.asked.get()).isLessThanOrEqualTo(hello.length + 2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellAHelloOf64KiB(Family family) throws Exception {
        Served served = connect(family);
        byte[] hello = ClientHellos.ofLength(64 * 1024, "a.example");
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());

        served.client().send(hello);

        assertThat(get(peeked)).isEqualTo(new Tls("a.example", List.of()));
        assertServedWith(served, hello);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellARequestWithAHeaderOf32KiBInPieces(Family family) throws Exception {
        Served served = connect(family);
        String cookie = "c".repeat(1024);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        served.client().send("GET /a HTTP/1.1\r\n");
        for (int i = 0; i < 32; i++) {
            served.client().send("Cookie: " + cookie + "\r\n");
        }
        served.client().send("Host: example.com\r\n\r\n");

        assertThat(get(peeked)).isEqualTo(OF_REQUEST);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellThePrefaceOfHttp2(Family family) throws Exception {
        Served served = connect(family);
        served.client().send("PRI * HTTP/2.0\r\n");
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        served.client().send("\r\nSM\r\n\r\n");

        assertThat(get(peeked)).isEqualTo(new Http2());
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellAtOnceOfBytesThatAreNoneOfThese(Family family) throws Exception {
        Served served = connect(family);
        served.client().send("\0\0\0\b");

        assertThat(get(peeker(LONG).peek(served.channel()))).isEqualTo(new Other());

        assertServedWith(served, ascii("\0\0\0\b"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellOfAClientThatWaitsForTheServerToSpeak(Family family) throws Exception {
        Served served = connect(family);

        assertThat(get(peeker(SHORT).peek(served.channel()))).isEqualTo(new Silent());

        // At the start, when epoll has taken it, and at the end: it does not spin.
        assertThat(calls.asked.get()).isLessThanOrEqualTo(3);
        assertServedWith(served, ascii("at last"), () -> served.client().send("at last"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellOfAPrefaceThatIsNotWholeInTime(Family family) throws Exception {
        Served served = connect(family);
        byte[] part = Arrays.copyOf(ClientHellos.real("www.example.com"), 100);
        served.client().send(part);

        assertThat(get(peeker(SHORT).peek(served.channel()))).isEqualTo(new Other());

        // What is there and not read wakes the loop once, not again and again.
        assertThat(calls.asked.get()).isLessThanOrEqualTo(3);
        assertServedWith(served, part);
    }

    /** A request has no length to go by. */
    @Test
    void shouldLookNowAndThenOnlyAtAClientThatTrickles() throws Exception {
        int looks = 10;
        Served served = connect(Family.TCP);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());
        sendAndAwaitLook(served, "GET /");
        for (int i = 0; i < Peek.LOOKS_AT_ONCE; i++) {
            sendAndAwaitLook(served, "x");
        }

        long start = System.nanoTime();
        for (int i = 0; i < looks; i++) {
            sendAndAwaitLook(served, "y");
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

        assertThat(millis).isGreaterThanOrEqualTo((looks - 1L) * Peek.PAUSE_MILLIS);
        served.client().send(" HTTP/1.1\r\n\r\n");
        assertThat(get(peeked))
                .isEqualTo(new Http1("GET", "/" + "x".repeat(Peek.LOOKS_AT_ONCE) + "y".repeat(looks), null));
    }

    /** The wait is no longer than it has to be: it is what is measured. */
    private void sendAndAwaitLook(Served served, String bytes) throws Exception {
        int before = calls.copied.get();
        served.client().send(bytes);
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> calls.copied.get() > before);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellARequestOfAClientThatSendsNoMore(Family family) throws Exception {
        Served served = connect(family);
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        served.client().send(REQUEST).shutdownOutput();

        assertThat(get(peeked)).isEqualTo(OF_REQUEST);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellAtOnceOfAClientThatSendsNoMoreThanAPart(Family family) throws Exception {
        Served served = connect(family);
        served.client().send("hel");
        Future<ClientPreface> peeked = peeker(LONG).peek(served.channel());
        awaitWait(served.channel());

        served.client().send("lo").shutdownOutput();

        assertThat(get(peeked)).isEqualTo(new Other());
    }

    /** The kernel keeps the room of a segment for each of them. Nobody can see more without reading. */
    @Test
    void shouldTellNothingOfSingleBytesThatFillAUnixDomainSocket() throws Exception {
        Served served = connect(Family.UNIX);
        byte[] hello = ClientHellos.ofLength(2000, "a.example");
        Future<ClientPreface> peeked = peeker(SHORT).peek(served.channel());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread client = new Thread(() -> {
            try {
                sendByteByByte(served, hello);
            } catch (Exception e) {
                failure.set(e);
            }
        });
        client.start();

        assertThat(get(peeked)).isEqualTo(new Other());

        assertServedWith(served, hello, () -> {});
        client.join();
        assertThat(failure).hasNullValue();
    }

    @Test
    void shouldServeManyClientsOfOneLoopAtOnce() throws Exception {
        FakeBroker program = program(Family.TCP);
        PrefacePeeker peeker = peeker(LONG);
        List<Served> clients = new ArrayList<>();
        List<Future<ClientPreface>> peeked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Served served = program.connect();
            clients.add(served);
            peeked.add(peeker.peek(served.channel()));
        }
        for (Served served : clients) {
            served.client().send("GET /a HTTP/1.1\r\n");
        }
        for (Served served : clients) {
            served.client().send("Host: example.com\r\n\r\n");
        }

        for (Future<ClientPreface> one : peeked) {
            assertThat(get(one)).isEqualTo(OF_REQUEST);
        }
    }

    private static void sendByteByByte(Served served, byte[] bytes) throws Exception {
        for (byte one : bytes) {
            served.client().send(new byte[] {one});
        }
    }

    private static void assertServedWith(Served served, byte[] expected) throws Exception {
        assertServedWith(served, expected, () -> {});
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Has the program read: it echoes every byte, and has seen nothing of the peek. */
    private static void assertServedWith(Served served, byte[] expected, Step send) throws Exception {
        send.run();
        onLoop(served.channel(), () -> served.channel().config().setAutoRead(true));

        assertThat(served.client().receive(expected.length)).isEqualTo(expected);
        await().untilAsserted(() ->
                assertThat(served.channel().pipeline().get(PeekGuard.class)).isNull());
        assertThat(served.echo().events).containsExactly("registered");
    }
}
