package io.handoff.reliability.death;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A client that streams the numbers 0, 1, 2 …, in four bytes each, at its own pace, in pieces of any length, and looks at
 * every byte that comes back: a lost, doubled or displaced one is not the one that is due.
 */
final class NumberedClient extends SimpleChannelInboundHandler<ByteBuf> {

    private static final int PACE_MILLIS = 10;
    private static final int MAX_PIECE = 61;
    private static final int LAST_PIECE = 256;

    /** Few enough to lie in socket buffers while nobody reads. */
    private static final int MAX_OUTSTANDING = 8192;

    private final Opening opening;
    private final CompletableFuture<ClientEnd> end = new CompletableFuture<>();
    private Channel channel;
    private Future<?> pace;
    private int sent;
    private int received;
    private boolean isFinishing;

    private NumberedClient(Opening opening) {
        this.opening = opening;
    }

    /** Connects to a broker; it says nothing yet. */
    static NumberedClient connect(Bootstrap bootstrap, SocketAddress broker, Opening opening)
            throws InterruptedException {
        NumberedClient client = new NumberedClient(opening);
        client.channel = bootstrap.handler(client).connect(broker).sync().channel();
        return client;
    }

    /** Where its handoff is to stand, and how it leaves the broker. */
    Opening opening() {
        return opening;
    }

    /** How it ended; or the violation that it saw. */
    CompletableFuture<ClientEnd> end() {
        return end;
    }

    /** How many bytes came back and were right. Once it has ended. */
    int received() {
        return received;
    }

    /** Begins to stream. */
    void begin() {
        channel.eventLoop().execute(() -> {
            channel.write(channel.alloc().buffer(1).writeByte(opening.code()));
            send(BrokerClient.ECHOED_BEFORE_HANDOFF);
            pace = channel.eventLoop()
                    .scheduleAtFixedRate(this::sendPiece, PACE_MILLIS, PACE_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    private void sendPiece() {
        if (sent - received < MAX_OUTSTANDING) {
            send(1 + ThreadLocalRandom.current().nextInt(MAX_PIECE));
        }
    }

    private void send(int length) {
        ByteBuf bytes = channel.alloc().buffer(length);
        for (int until = sent + length; sent < until; sent++) {
            bytes.writeByte(byteAt(sent));
        }
        channel.writeAndFlush(bytes);
    }

    /** The byte at a place of the stream: the numbers, highest byte first. */
    private static byte byteAt(int place) {
        return (byte) ((place / Integer.BYTES) >>> (Byte.SIZE * (Integer.BYTES - 1 - place % Integer.BYTES)));
    }

    /** Sends the last bytes, to the end of a number: it ends when all have come back, if its connection lives so long. */
    void finish() {
        channel.eventLoop().execute(() -> {
            pace.cancel(false);
            isFinishing = true;
            send(LAST_PIECE - sent % Integer.BYTES);
        });
    }

    void close() {
        channel.close().syncUninterruptibly();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
        while (bytes.isReadable()) {
            byte came = bytes.readByte();
            if (received == sent || came != byteAt(received)) {
                end.completeExceptionally(new AssertionError("byte " + received + " of " + sent + " sent was " + came
                        + "; expected " + byteAt(received) + " (" + opening + ")"));
                ctx.close();
                return;
            }
            received++;
        }
        if (isFinishing && received == sent) {
            end.complete(ClientEnd.SERVED_ON);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (pace != null) {
            pace.cancel(false);
        }
        end.complete(ClientEnd.CLOSED);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            end.completeExceptionally(cause);
        }
        ctx.close();
    }
}
