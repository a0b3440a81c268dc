package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the program's handlers see, and the connection gets, before and after the gate opens. */
class AdoptionGateTest {

    private final List<String> seen = new ArrayList<>();
    private int earlyCloses;
    private final Promise<AdoptedConnection> adopted = ImmediateEventExecutor.INSTANCE.newPromise();
    private final AdoptionGate gate = new AdoptionGate(() -> earlyCloses++, adopted);

    /** The program: writes a greeting when it is set up, and notes what it sees. */
    private final class Program extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            seen.add("active");
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            seen.add("read " + ((ByteBuf) msg).readByte());
            ((ByteBuf) msg).release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            seen.add(event.toString());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            seen.add("inactive");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            seen.add(String.valueOf(cause.getMessage()));
        }
    }

    @Test
    void shouldHoldEverythingUntilItOpensAndThenPassItInOrder() {
        EmbeddedChannel channel = new EmbeddedChannel(gate, new Program());
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[] {7}));
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[] {8}));
        channel.pipeline().fireUserEventTriggered("event");
        channel.pipeline().fireExceptionCaught(new IllegalStateException("reset"));

        assertThat(seen).isEmpty();
        assertThat(channel.<Object>readOutbound()).as("flushed before").isNull();
        assertThat(adopted.isSuccess()).isTrue();

        gate.open();

        assertThat(seen).containsExactly("active", "read 7", "read 8", "event", "reset");
        ByteBuf greeting = channel.readOutbound();
        assertThat(greeting.readByte()).isEqualTo((byte) 1);
        greeting.release();
        assertThat(channel.pipeline().get(AdoptionGate.class)).isNull();
        assertThat(channel.finish()).isFalse();
        assertThat(earlyCloses).isZero();
    }

    @Test
    void shouldCloseAfterTheLastByteWhenTheInputEndedAndHalfClosureIsNotAllowed() {
        EmbeddedChannel channel = new EmbeddedChannel(gate, new Program());
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[] {7}));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(channel.isOpen()).isTrue();

        gate.open();

        assertThat(seen).containsExactly("active", "read 7", "inactive");
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldDropWhatItHoldsWhenTheConnectionIsAbandoned() {
        ByteBuf held = Unpooled.wrappedBuffer(new byte[] {7});
        EmbeddedChannel channel = new EmbeddedChannel(gate, new Program());
        channel.pipeline().fireChannelRead(held);

        adopted.getNow().channel().close();

        assertThat(earlyCloses).isEqualTo(1);
        assertThat(held.refCnt()).isZero();
        assertThat(seen).isEmpty();
        gate.open();
        assertThat(seen).isEmpty();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldFailTheAdoptionWhenTheInitializerCloses() {
        EmbeddedChannel channel = new EmbeddedChannel(gate, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.close();
            }
        });

        assertThat(adopted.cause()).hasMessage("the initializer of adopted connections failed");
        assertThat(earlyCloses).isEqualTo(1);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldGiveHalfClosureBackAsTheProgramHadSetIt() {
        EmbeddedChannel channel = new EmbeddedChannel(gate, new Program());
        assertThat(channel.config().getOption(ChannelOption.ALLOW_HALF_CLOSURE)).isNull();

        gate.open();

        assertThat(channel.config().getOption(ChannelOption.ALLOW_HALF_CLOSURE)).isNull();
        channel.finishAndReleaseAll();
    }
}
