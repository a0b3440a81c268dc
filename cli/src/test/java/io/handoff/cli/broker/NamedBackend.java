package io.handoff.cli.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.testkit.EventLoops;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A backend that answers a client's first bytes with an HTTP response that has its name, and closes. */
final class NamedBackend implements AutoCloseable {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final HandoffServer server;

    private NamedBackend(Path socket, boolean takesClients, ChannelInitializer<Channel> initializer) throws Exception {
        server = HandoffServer.builder(socket)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .admission((offer, peer) -> takesClients ? Optional.empty() : Optional.of("not today"))
                .controlLoops(loops)
                .adoptInto(loops, initializer)
                .start()
                .sync()
                .getNow();
    }

    static NamedBackend start(Path socket, String name) throws Exception {
        return start(socket, name, null);
    }

    /** With a certificate of its own. */
    static NamedBackend start(Path socket, String name, @Nullable SslContext tls) throws Exception {
        return new NamedBackend(socket, true, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel client) {
                if (tls != null) {
                    client.pipeline().addLast(tls.newHandler(client.alloc()));
                }
                client.pipeline().addLast(new Answer(name));
            }
        });
    }

    /** Speaks first. */
    static NamedBackend startGreeter(Path socket, String greeting) throws Exception {
        return new NamedBackend(socket, true, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel client) {
                client.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        ctx.writeAndFlush(Unpooled.copiedBuffer(greeting, ISO_8859_1));
                    }
                });
            }
        });
    }

    /** Rejects every client. */
    static NamedBackend startRejecting(Path socket) throws Exception {
        return new NamedBackend(socket, false, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel client) {
                throw new IllegalStateException("no client was to be taken");
            }
        });
    }

    private static final class Answer extends ChannelInboundHandlerAdapter {
        private final String name;

        Answer(String name) {
            this.name = name;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            String request = ((ByteBuf) msg).toString(ISO_8859_1);
            ReferenceCountUtil.release(msg);
            String body = name + " got " + request.lines().findFirst().orElse("");
            String response = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n";
            ctx.writeAndFlush(Unpooled.copiedBuffer(response + body, ISO_8859_1))
                    .addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // A client that does not like the certificate.
            ctx.close();
        }
    }

    @Override
    public void close() {
        server.shutdownGracefully(Duration.ZERO, Duration.ofSeconds(5)).syncUninterruptibly();
        EventLoops.end(loops);
    }
}
