package io.handoff.netty.listening;

import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands first on the accepting channel of a socket whose {@link PassedOptions} had to be changed: what had connected before has them as
 * they were.
 */
final class PassedOptionsHandler extends ChannelInboundHandlerAdapter {

    private static final Logger logger = LoggerFactory.getLogger(PassedOptionsHandler.class);

    private final SocketCalls calls;

    PassedOptionsHandler(SocketCalls calls) {
        this.calls = calls;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        try {
            PassedOptions.settle(((UnixChannel) accepted).fd(), calls);
        } catch (IOException e) {
            // What comes on it is then refused, and closed.
            logger.warn("a connection that has waited keeps the options of the socket that was passed", e);
        }
        ctx.fireChannelRead(accepted);
    }
}
