package io.handoff.netty.answer;

import io.handoff.netty.wire.AckBatch;
import io.handoff.netty.wire.HandoffAnswer;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the ACKs of one connection, those to offers that were read together in one buffer, and fires each answer up the pipeline as
 * it is written.
 */
final class AckWriter {

    /** ACKs that are encoded together at most: so many are some 20 KB, and the channel learns of them in time. */
    private static final int MAX_TOGETHER = 256;

    /** Beyond the usual 16 bytes of each, a token may be as long as a frame, and its ACK with it. */
    private static final int MAX_TOKEN_BYTES_TOGETHER = 16 * 1024;

    private final ChannelHandlerContext ctx;
    private final ReadClock clock;
    private final AckProgress progress;

    /** ACKs that leave with the next flush, in one buffer. */
    private final List<HandoffAnswer> due = new ArrayList<>();

    private int dueTokenBytes;

    /** When the offers were read that the ACKs which are due answer. */
    private long dueReadAtNanos;

    private boolean flushScheduled;

    AckWriter(ChannelHandlerContext ctx, ReadClock clock, AckProgress progress) {
        this.ctx = ctx;
        this.clock = clock;
        this.progress = progress;
    }

    /** Writes the ACK to an offer that was read at that time. Flushing is the caller's. */
    void write(HandoffAnswer answer, long readAtNanos, AckEffect effect) {
        if (!due.isEmpty() && readAtNanos != dueReadAtNanos) {
            writeDue(AckEffect.NONE);
        }
        dueReadAtNanos = readAtNanos;
        due.add(answer);
        dueTokenBytes += answer.offer().tokenLength();
        if (effect != AckEffect.NONE || isDueFull()) {
            writeDue(effect);
        }
        ctx.fireChannelRead(answer);
    }

    private boolean isDueFull() {
        return due.size() == MAX_TOGETHER || dueTokenBytes >= MAX_TOKEN_BYTES_TOGETHER;
    }

    /** Sends what was written. */
    void flush() {
        if (!due.isEmpty()) {
            writeDue(AckEffect.NONE);
        }
        ctx.flush();
    }

    /** Judgements come back in bursts, one task each: the flush lines up behind those that are there already. */
    void flushLater() {
        if (!flushScheduled) {
            flushScheduled = true;
            ctx.executor().execute(() -> {
                flushScheduled = false;
                flush();
            });
        }
    }

    /** The effect is that of the last of them; the others have none. */
    private void writeDue(AckEffect effect) {
        AckBatch acks = new AckBatch(List.copyOf(due), dueReadAtNanos);
        due.clear();
        dueTokenBytes = 0;
        progress.written(acks.size());
        ctx.write(acks).addListener(written -> {
            if (written.isSuccess()) {
                left(acks, effect);
            } else {
                failed(acks, effect);
            }
        });
    }

    private void left(AckBatch acks, AckEffect effect) {
        progress.left(acks.size(), clock.nowNanos(ctx));
        // Whoever hears from the client finds the handoff counted.
        ctx.fireUserEventTriggered(acks);
        effect.sent();
    }

    /** The broker does not know the answers: it has to let go of the connection that came with one. */
    private void failed(AckBatch acks, AckEffect effect) {
        effect.failed();
        for (HandoffAnswer answer : acks.answers()) {
            ctx.fireUserEventTriggered(new AckFailure(answer));
        }
        ctx.close();
    }
}
