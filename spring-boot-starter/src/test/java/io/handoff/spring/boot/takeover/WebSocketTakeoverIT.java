package io.handoff.spring.boot.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.testkit.NoDescriptorsLeft;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;

/** Releases of an application that take each other's place, and WebSocket clients that talk all the while. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(240)
class WebSocketTakeoverIT {

    private static final int CLIENTS = 20;
    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    Path directory;

    private ReactiveWebServerApplicationContext release(int number, String... properties) {
        return Release.start(directory.resolve("" + number), directory.resolve("" + (number + 1)), properties);
    }

    private static int portOf(ReactiveWebServerApplicationContext release) {
        return Objects.requireNonNull(release.getWebServer()).getPort();
    }

    private static void awaitMore(List<NumberedTalk> talks) {
        int[] before = talks.stream().mapToInt(NumberedTalk::answered).toArray();
        for (int talk = 0; talk < before.length; talk++) {
            NumberedTalk each = talks.get(talk);
            int answered = before[talk];
            await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .until(() -> each.answered() > answered || each.hasFailed());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/at-once", "/later"})
    void shouldMoveEachWebSocketOnAndOnWithoutLosingAMessage(String path) throws Exception {
        List<RawWebSocket> clients = new ArrayList<>();
        ReactiveWebServerApplicationContext serving = release(1);
        try {
            List<NumberedTalk> talks = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                clients.add(RawWebSocket.open(portOf(serving), path));
                talks.add(NumberedTalk.begin(clients.get(client)));
            }
            for (int next = 2; next <= 3; next++) {
                awaitMore(talks);
                ReactiveWebServerApplicationContext successor = release(next);
                serving.close();
                serving = successor;
            }
            awaitMore(talks);

            for (NumberedTalk talk : talks) {
                assertThat(talk.end().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isPositive();
            }
        } finally {
            for (RawWebSocket client : clients) {
                client.close();
            }
            serving.close();
        }
    }

    /** The successor of a release, after that has ended. */
    private ReactiveWebServerApplicationContext replaced(
            ReactiveWebServerApplicationContext release, String... properties) {
        try (release) {
            return release(2, properties);
        }
    }

    @Test
    void shouldGoOnAtEachByteOfAMessage() throws Exception {
        byte[] cut = RawWebSocket.text("two");
        List<RawWebSocket> clients = new ArrayList<>();
        ReactiveWebServerApplicationContext serving = release(1);
        try {
            for (int sent = 0; sent <= cut.length; sent++) {
                RawWebSocket client = RawWebSocket.open(portOf(serving), "/at-once");
                clients.add(client);
                client.write(joined(RawWebSocket.text("one"), Arrays.copyOf(cut, sent)));
                assertThat(client.read()).isEqualTo("1 one");
            }
            assertThat(clients.get(cut.length).read()).isEqualTo("2 two");
            serving = replaced(serving);

            for (int sent = 0; sent < cut.length; sent++) {
                clients.get(sent).write(Arrays.copyOfRange(cut, sent, cut.length));
                assertThat(clients.get(sent).read()).isEqualTo("2 two");
            }
        } finally {
            for (RawWebSocket client : clients) {
                client.close();
            }
            serving.close();
        }
    }

    private static byte[] joined(byte[] first, byte[] then) {
        return ByteBuffer.allocate(first.length + then.length)
                .put(first)
                .put(then)
                .array();
    }

    /** The next release reads the fragments once more, and with them a ping that came in between. */
    @Test
    void shouldGoOnBetweenTheFragmentsOfAMessage() throws Exception {
        ReactiveWebServerApplicationContext serving = release(1);
        try (RawWebSocket client = RawWebSocket.open(portOf(serving), "/at-once")) {
            client.write(joined(RawWebSocket.firstFragment("frag"), RawWebSocket.ping("ping")));
            assertThat(client.readPong()).isEqualTo("ping");
            serving = replaced(serving);

            assertThat(client.readPong()).isEqualTo("ping");
            client.write(RawWebSocket.lastFragment("ments"));
            assertThat(client.read()).isEqualTo("1 fragments");
        } finally {
            serving.close();
        }
    }

    @Test
    void shouldKeepWhatWasAgreedOnWhenTheWebSocketWasOpened() throws Exception {
        ReactiveWebServerApplicationContext serving = release(1);
        try (RawWebSocket client = RawWebSocket.open(
                portOf(serving),
                "/handshake?room=1&room=2",
                "X-Client: caf\u00e9\r\n",
                "Sec-WebSocket-Extensions: permessage-deflate\r\n",
                "Sec-WebSocket-Protocol: numbers.v1, numbers.v2\r\n")) {
            client.write(RawWebSocket.text("?"));
            String agreed = client.read();
            assertThat(agreed).startsWith("room=1&room=2 numbers.v1 caf\u00e9 /127.0.0.1:");
            serving = replaced(serving, "release.compresses=true");
            client.write(RawWebSocket.text("?"));

            assertThat(client.read()).isEqualTo(agreed);
        } finally {
            serving.close();
        }
    }

    @Test
    void shouldCloseAWebSocketThatTheSuccessorDoesNotOpen() throws Exception {
        ReactiveWebServerApplicationContext serving = release(1);
        try (RawWebSocket client = RawWebSocket.open(portOf(serving), "/at-once")) {
            serving = replaced(serving, "release.forgets=/at-once");

            client.awaitEnd();
        } finally {
            serving.close();
        }
    }

    @Test
    void shouldLeaveACompressedWebSocketToTheWebServer() throws Exception {
        ReactiveWebServerApplicationContext serving = release(1, "release.compresses=true");
        String compression = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
        try (RawWebSocket plain = RawWebSocket.open(portOf(serving), "/at-once");
                RawWebSocket compressed = RawWebSocket.open(portOf(serving), "/at-once", compression)) {
            plain.write(RawWebSocket.text("one"));
            assertThat(plain.read()).isEqualTo("1 one");
            compressed.write(RawWebSocket.ping("ping"));
            assertThat(compressed.readPong()).isEqualTo("ping");

            assertThat(serving.getBean(MovableWebSockets.class).connections().size())
                    .isOne();
        } finally {
            serving.close();
        }
    }
}
