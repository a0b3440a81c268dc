package io.handoff.netty.broker;

import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffReadyEncoder;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ready event (WIRE §9) on its way to the client. The client's channel is out of epoll for good, so the frame goes
 * straight into the socket, past every handler; if there is no room it is tried again after a while.
 */
final class ReadyFrame {

    private static final long RETRY_MILLIS = 5;

    private static final Logger logger = LoggerFactory.getLogger(ReadyFrame.class);

    private final EventLoop loop;
    private final HeldClient client;
    private final long deadlineNanos;
    private final Runnable then;
    private byte[] rest = {};

    private ReadyFrame(EventLoop loop, HeldClient client, long deadlineNanos, Runnable then) {
        this.loop = loop;
        this.client = client;
        this.deadlineNanos = deadlineNanos;
        this.then = then;
    }

    /** Sends the event, or gives up with a warning; calls {@code then} in both cases, whatever is thrown. */
    static void send(
            HandoffAnswer.Accepted answer, EventLoop loop, HeldClient client, long deadlineNanos, Runnable then) {
        new ReadyFrame(loop, client, deadlineNanos, then).send(answer);
    }

    private void send(HandoffAnswer.Accepted answer) {
        attempt(() -> {
            rest = HandoffReadyEncoder.INSTANCE.toBytes(answer);
            sendRest();
        });
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (Throwable e) {
            // Also when memory runs out: the backend has the connection, and the program is to know.
            end("sending it failed: " + e);
        }
    }

    private void sendRest() throws IOException {
        if (client.isUsable()) {
            rest = Arrays.copyOfRange(rest, client.send(rest), rest.length);
        }
        if (rest.length == 0) {
            then.run();
        } else if (loop.ticker().nanoTime() - deadlineNanos >= 0) {
            end("the client does not read");
        } else if (!client.isUsable()) {
            end("the program has closed the channel");
        } else {
            loop.schedule(() -> attempt(this::sendRest), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void end(String failure) {
        logger.warn("the ready event was not sent, or not all of it: {}", failure);
        then.run();
    }
}
