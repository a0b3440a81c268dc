package io.handoff.examples.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Somebody who says one numbered message after the other, each when the one before has come back. Every message is sent in two pieces with a
 * pause between, cut at another byte each time, and every third one consists of two fragments with a ping between: so its connection is in the
 * middle of a message nearly all the time.
 *
 * <p>It checks that its messages come back with the server's own count, in order and as they were sent, and that those of everybody else in
 * its room come in order and without a gap.
 */
final class Talker {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final long pauseMillis;
    private final Tally tally;
    private final EventLoop loop;
    private final ChatClient client;

    /** The number of the last message of each of those who talk in the room. */
    private final Map<String, Long> heard = new ConcurrentHashMap<>();

    // Of its own messages; on its loop, but read by others.
    private volatile long said;
    private volatile long answered;
    private volatile boolean isGreeted;
    private volatile boolean isStopped;

    Talker(EventLoop loop, int port, String room, String name, long pauseMillis, Tally tally)
            throws InterruptedException {
        this.name = name;
        this.pauseMillis = pauseMillis;
        this.tally = tally;
        this.loop = loop;
        this.client = ChatClient.connect(loop, port, room, name, this::hear);
        client.ended().addListener(ended -> tally.closed.incrementAndGet());
    }

    /** On its event loop. */
    private void hear(String text) {
        JsonNode message;
        try {
            message = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            tally.garbled.incrementAndGet();
            return;
        }
        if (!message.has("from")) {
            greeted(message.path("said").asLong(-1));
            return;
        }
        String from = message.path("from").asText();
        long number = message.path("number").asLong();
        if (!message.path("text").asText().equals(text(from, number))) {
            tally.garbled.incrementAndGet();
        }
        Long before = heard.put(from, number);
        if (before != null || from.equals(name)) {
            tally.compare(before == null ? 0 : before, number);
        }
        tally.heard.incrementAndGet();
        if (from.equals(name)) {
            answered = number;
            tally.answer(message.path("release").asText());
            sayNext();
        }
    }

    /** By the first release, and by each that has taken over. */
    private void greeted(long count) {
        isGreeted = true;
        if (count < answered || count > said) {
            // The release does not know what has been said.
            tally.garbled.incrementAndGet();
        }
    }

    private static String text(String from, long number) {
        return "message " + number + " of " + from;
    }

    private void sayNext() {
        if (isStopped) {
            return;
        }
        long number = said + 1;
        said = number;
        ByteBuf bytes =
                number % 3 == 0 ? fragments(text(name, number)) : encoded(new TextWebSocketFrame(text(name, number)));
        int cut = 1 + (int) (number * 7 % (bytes.readableBytes() - 1));
        client.send(bytes.readRetainedSlice(cut));
        loop.schedule(() -> client.send(bytes), pauseMillis, TimeUnit.MILLISECONDS);
    }

    private static ByteBuf fragments(String text) {
        int half = text.length() / 2;
        return encoded(
                new TextWebSocketFrame(false, 0, text.substring(0, half)),
                new PingWebSocketFrame(),
                new ContinuationWebSocketFrame(true, 0, text.substring(half)));
    }

    private static ByteBuf encoded(WebSocketFrame... frames) {
        EmbeddedChannel encoder = new EmbeddedChannel(new WebSocket13FrameEncoder(true));
        ByteBuf bytes = Unpooled.buffer();
        for (WebSocketFrame frame : frames) {
            encoder.writeOutbound(frame);
        }
        for (ByteBuf part = encoder.readOutbound(); part != null; part = encoder.readOutbound()) {
            bytes.writeBytes(part);
            part.release();
        }
        encoder.finishAndReleaseAll();
        return bytes;
    }

    /** Whether it has come. */
    boolean isGreeted() {
        return isGreeted;
    }

    /** Says its first message. Once, when it has come. */
    void begin() {
        loop.execute(this::sayNext);
    }

    /** Says nothing more. */
    void stop() {
        isStopped = true;
    }

    /** Whether it has its answer to all that it has said. */
    boolean isAnswered() {
        return said > 0 && answered == said;
    }

    /** Whether it has heard the last message of somebody in its room. */
    boolean hasHeard(Talker other) {
        return heard.getOrDefault(other.name, 0L) == other.said;
    }

    /** Leaves; that is not counted as a connection that was closed. */
    void leave() {
        client.close();
    }
}
