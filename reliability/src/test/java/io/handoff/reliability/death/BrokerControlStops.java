package io.handoff.reliability.death;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.nio.file.Path;

/** The steps of the broker's side. The backend is dialled through a link that has the name of the step to stand at. */
final class BrokerControlStops extends ControlStops {

    BrokerControlStops(StepHolds holds) {
        super(holds);
    }

    @Override
    public void connect(ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
        Path link = Path.of(((DomainSocketAddress) remote).path());
        goTo(HandoffStep.valueOf(link.getFileName().toString()));
        reach(
                ctx,
                HandoffStep.CLIENT_OUT,
                () -> ctx.connect(remote, local).addListener(done -> connected(ctx, done, promise)));
    }

    private void connected(ChannelHandlerContext ctx, Future<?> done, ChannelPromise promise) {
        if (done.isSuccess()) {
            // Too late where the connection has ended while the handoff stood here.
            reach(ctx, HandoffStep.CONNECTED, promise::trySuccess);
        } else {
            promise.setFailure(done.cause());
        }
    }

    /** What comes first is the offer; or the rest of the 16 bytes, where half of them went with the descriptor. */
    @Override
    void firstWrite(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
        if (destination() == HandoffStep.OPENING_HALF) {
            reach(ctx, HandoffStep.OPENING_HALF, () -> ctx.write(bytes, promise));
        } else {
            reach(ctx, HandoffStep.OPENING_SENT, () -> writeInHalves(ctx, bytes, HandoffStep.OFFER_HALF, promise));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object ack) {
        reach(ctx, HandoffStep.ACK_RECEIVED, () -> ctx.fireChannelRead(ack));
    }
}
