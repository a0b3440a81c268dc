package io.handoff.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handoff.examples.JavaProcess;
import io.handoff.examples.clients.ChatClient;
import io.handoff.examples.clients.HttpConnection;
import io.handoff.examples.clients.Talkers;
import io.handoff.testkit.EventLoops;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Those who chat notice nothing of a deployment. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
@SuppressWarnings("try") // Processes that only have to run; clients that leave before their server.
class ChatServerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private Releases releases;

    @BeforeEach
    void makeDirectories(@TempDir Path directory) throws Exception {
        releases = new Releases(directory);
    }

    @AfterEach
    void endLoops() {
        EventLoops.end(loops);
    }

    /** Of two fragments with a ping between them, each of the clients has sent another part when the server is told to stop. */
    @Test
    void shouldMoveAtEachByteOfAMessage() throws Exception {
        byte[] message = maskedFrames(frame(0x01, "one "), frame(0x89, "?"), frame(0x80, "two"));
        List<Guest> guests = new ArrayList<>();
        try (JavaProcess first = releases.start("release-1");
                JavaProcess broker = releases.startBroker()) {
            for (int split = 1; split < message.length; split++) {
                Guest guest = new Guest(broker.port(), "room-" + split % 5, "guest-" + split);
                guests.add(guest);
                assertThat(guest.next()).isEqualTo(guest.greeting("release-1", 0));
                guest.client.send(new TextWebSocketFrame("zero"));
                assertThat(guest.nextOwn()).isEqualTo(guest.message("release-1", 1, "zero"));
                guest.client.send(part(message, 0, split)).sync();
            }

            try (JavaProcess second = releases.start("release-2")) {
                assertThat(first.stop()).last().isEqualTo("handed over " + guests.size() + ", left 0, lost 0");

                for (int split = 1; split < message.length; split++) {
                    Guest guest = guests.get(split - 1);
                    guest.client.send(part(message, split, message.length));
                    guest.client.send(new TextWebSocketFrame("three"));
                    assertThat(guest.nextGreeting()).isEqualTo(guest.greeting("release-2", 1));
                    assertThat(guest.nextOwn())
                            .as("moved at byte %s", split)
                            .isEqualTo(guest.message("release-2", 2, "one two"));
                    assertThat(guest.nextOwn()).isEqualTo(guest.message("release-2", 3, "three"));
                    assertThat(guest.client.ended().isDone()).isFalse();
                }
                guests.forEach(guest -> guest.client.close());
            }
        }
    }

    @Test
    void shouldTellEverybodyEverythingWhileTheyAreInTwoReleases() throws Exception {
        int count = 20;
        try (JavaProcess first = releases.start("release-1");
                JavaProcess broker = releases.startBroker();
                Talkers talkers = new Talkers(broker.port(), count, 1)) {
            awaitAnswers(talkers, 10 * count);

            try (JavaProcess second = releases.start("release-2")) {
                assertThat(first.stop()).last().isEqualTo("handed over " + count + ", left 0, lost 0");

                awaitAnswers(talkers, 10 * count);
                assertThat(talkers.stop())
                        .contains(" answered by 2 releases, heard ")
                        .endsWith(": 0 missing, 0 repeated or out of order, 0 garbled; 0 connections closed");
                talkers.close();
            }
        }
    }

    @Test
    void shouldMoveAConnectionThatIsNoWebSocketYet() throws Exception {
        try (JavaProcess first = releases.start("release-1");
                JavaProcess broker = releases.startBroker();
                HttpConnection browser = new HttpConnection(broker.port())) {
            assertThat(browser.ask("/")).contains("<title>Chat</title>");
            browser.send("GET / HTTP/1.1\r\nHo");

            try (JavaProcess second = releases.start("release-2")) {
                assertThat(first.stop()).last().isEqualTo("handed over 1, left 0, lost 0");
                browser.send("st: localhost\r\n\r\nGET /chat?room=.. HTTP/1.1\r\nHost: localhost\r\n\r\n");

                assertThat(browser.readAnswer()).contains("<title>Chat</title>");
                assertThat(browser.readLine()).isEqualTo("HTTP/1.1 400 Bad Request");
            }
        }
    }

    private static void awaitAnswers(Talkers talkers, int more) {
        long before = talkers.answered();
        await().atMost(PATIENCE).until(() -> talkers.answered() >= before + more);
    }

    private static byte[] frame(int firstByte, String text) {
        byte[] frame = (".." + "mask" + text).getBytes(UTF_8);
        frame[0] = (byte) firstByte;
        frame[1] = (byte) (0x80 | text.length());
        for (int i = 0; i < text.length(); i++) {
            frame[6 + i] ^= frame[2 + i % 4];
        }
        return frame;
    }

    private static byte[] maskedFrames(byte[]... frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        return all.toByteArray();
    }

    private static ByteBuf part(byte[] message, int from, int to) {
        return Unpooled.copiedBuffer(message, from, to - from);
    }

    /** A client, and what it was told. */
    private final class Guest {

        final ChatClient client;
        private final String room;
        private final String name;
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

        Guest(int port, String room, String name) throws InterruptedException {
            this.room = room;
            this.name = name;
            client = ChatClient.connect(loops, port, room, name, told::add);
        }

        JsonNode next() throws Exception {
            String text = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(text).as("what %s is told", name).isNotNull();
            return JSON.readTree(text);
        }

        /** Skips what others say. */
        JsonNode nextOwn() throws Exception {
            JsonNode next = next();
            while (!next.path("from").asText().equals(name)) {
                next = next();
            }
            return next;
        }

        JsonNode nextGreeting() throws Exception {
            JsonNode next = next();
            while (!next.has("room")) {
                next = next();
            }
            return next;
        }

        JsonNode greeting(String release, int said) {
            return JSON.createObjectNode()
                    .put("release", release)
                    .put("room", room)
                    .put("name", name)
                    .put("said", said);
        }

        JsonNode message(String release, int number, String text) {
            return JSON.createObjectNode()
                    .put("release", release)
                    .put("from", name)
                    .put("number", number)
                    .put("text", text);
        }
    }
}
