package io.handoff.reliability;

import io.handoff.netty.HandoffRejection;
import io.handoff.netty.HandoffServer;
import io.handoff.netty.HandoffToken;
import io.handoff.netty.HandoffTokens;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The backend under attack, which greets each client that it adopts with one byte. It has two control loops, one of which
 * holds the tokens: so half of the offers are judged at once, and half from another thread.
 */
final class TokenBackend implements AutoCloseable {

    private static final byte[] GREETING = {'!'};

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final HandoffServer server;

    /** Starts a backend; connections may wait for a minute, so that a slow machine fails no test. */
    TokenBackend(Path socket, UnaryOperator<HandoffServer.Builder> settings)
            throws ExecutionException, InterruptedException {
        HandoffServer.Builder builder = HandoffServer.builder(socket)
                .controlLoops(loops)
                .adoptInto(loops, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new Greeting());
                    }
                })
                .offerTimeout(Duration.ofMinutes(1));
        server = settings.apply(builder).start().get();
    }

    HandoffTokens tokens() {
        return server.tokens();
    }

    HandoffToken issue() throws ExecutionException, InterruptedException {
        return server.tokens().issue().get();
    }

    int pending() throws ExecutionException, InterruptedException {
        return server.tokens().pendingCount().get();
    }

    int connections() {
        return server.metrics().openConnections();
    }

    long accepted() {
        return server.metrics().offersAccepted();
    }

    long rejected(HandoffRejection.Reason reason) {
        return server.metrics().offersRejected(reason);
    }

    @Override
    public void close() {
        server.close();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static final class Greeting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(GREETING));
        }
    }
}
