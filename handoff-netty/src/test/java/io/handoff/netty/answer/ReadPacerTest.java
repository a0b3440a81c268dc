package io.handoff.netty.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.testkit.NoBuffersLeaked;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoBuffersLeaked.class)
class ReadPacerTest {

    private static final byte[] SOME = new byte[4];

    private final ReadTurns turns = new ReadTurns();
    private final ReadPacer pacer = new ReadPacer(turns);
    private final EmbeddedChannel channel = new EmbeddedChannel(pacer);

    @AfterEach
    void finish() {
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldReadOnWhenAReadHasLeftRoomInItsBuffer() {
        channel.writeInbound(Unpooled.buffer(SOME.length + 1).writeBytes(SOME));

        assertThat(isReading()).isTrue();
    }

    @Test
    void shouldAwaitItsTurnWhenAReadHasFilledItsBuffer() {
        readFull();
        assertThat(isReading()).isFalse();

        channel.runScheduledPendingTasks();

        assertThat(isReading()).isTrue();
    }

    @Test
    void shouldGiveOneTurnInEachRoundWhenSeveralWait() {
        turns.await(channel.eventLoop(), () -> {});
        turns.await(channel.eventLoop(), () -> {});
        readFull();

        channel.runScheduledPendingTasks();
        channel.runScheduledPendingTasks();
        assertThat(isReading()).isFalse();

        channel.runScheduledPendingTasks();
        assertThat(isReading()).isTrue();
    }

    @Test
    void shouldNotReadWhenItsTurnComesButThereIsNoRoomForAnswers() {
        readFull();
        pacer.setRoom(false, channel);
        channel.runScheduledPendingTasks();
        assertThat(isReading()).isFalse();

        pacer.setRoom(true, channel);

        assertThat(isReading()).isTrue();
    }

    @Test
    void shouldStillAwaitItsTurnWhenThereIsRoomForAnswersAgain() {
        readFull();
        pacer.setRoom(false, channel);
        pacer.setRoom(true, channel);

        assertThat(isReading()).isFalse();
    }

    @Test
    void shouldAskForNothingMoreOnceItHasEnded() {
        readFull();
        pacer.end();
        channel.runScheduledPendingTasks();

        assertThat(isReading()).isFalse();
    }

    private void readFull() {
        channel.config().setAutoRead(true);
        channel.pipeline()
                .fireChannelRead(Unpooled.buffer(SOME.length, SOME.length).writeBytes(SOME));
        channel.pipeline().fireChannelReadComplete();
    }

    private boolean isReading() {
        return channel.config().isAutoRead();
    }

    /** A decoder asks for more by itself while its frame is not whole. */
    @Test
    void shouldHoldBackWhatAHandlerAsksToReadBeforeItsTurn() {
        List<String> asked = new ArrayList<>();
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext ctx) {
                asked.add("read");
                ctx.read();
            }
        });
        readFull();

        channel.pipeline().read();
        assertThat(asked).isEmpty();

        channel.runScheduledPendingTasks();
        assertThat(asked).isNotEmpty();
    }
}
