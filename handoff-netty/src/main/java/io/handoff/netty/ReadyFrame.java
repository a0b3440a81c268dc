package io.handoff.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.nio.ByteBuffer;
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

    private final ChannelHandlerContext control;
    private final HeldClient client;
    private final ByteBuf frame;
    private final long deadlineNanos;
    private final Runnable then;

    private ReadyFrame(
            ChannelHandlerContext control, HeldClient client, ByteBuf frame, long deadlineNanos, Runnable then) {
        this.control = control;
        this.client = client;
        this.frame = frame;
        this.deadlineNanos = deadlineNanos;
        this.then = then;
    }

    /** Sends the event, or gives up with a warning; calls {@code then} in both cases. */
    static void send(
            HandoffReady ready, ChannelHandlerContext control, HeldClient client, long deadlineNanos, Runnable then) {
        ByteBuf frame = HandoffReadyEncoder.INSTANCE.toFrame(control, ready);
        new ReadyFrame(control, client, frame, deadlineNanos, then).sendRest();
    }

    private void sendRest() {
        try {
            sendWhatFits();
        } catch (IOException e) {
            end("sending it failed: " + e);
            return;
        }
        if (!frame.isReadable()) {
            end("");
        } else if (!client.isUsable()) {
            end("the program has closed the channel");
        } else if (control.executor().ticker().nanoTime() - deadlineNanos >= 0) {
            end("the client does not read");
        } else {
            control.executor().schedule(this::sendRest, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void sendWhatFits() throws IOException {
        if (client.isUsable()) {
            ByteBuffer bytes = frame.nioBuffer();
            frame.skipBytes(client.socket().send(bytes, bytes.position(), bytes.limit()));
        }
    }

    private void end(String failure) {
        if (!failure.isEmpty()) {
            logger.warn("{} bytes of the ready event were not sent: {}", frame.readableBytes(), failure);
        }
        frame.release();
        then.run();
    }
}
