package io.handoff.netty;

import com.google.protobuf.ByteString;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffFrameParser;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.FutureListener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program around a {@link HandoffBroker} for clients of the reference. It answers their Hello with a token, which is no
 * part of this library, hands each over and tells it so. A client that the backend does not take is closed: it has been
 * told where else to go.
 */
final class NegotiatingBroker {

    private static final int PATIENCE_SECONDS = 60;

    private static final int CONTROL_PROTOCOL = 0;
    private static final String VERSION = "1.11.20";
    private static final long CAN_PASS_HANDLES = 1;
    private static final long CONNECTION_ID = 4711;

    private final EventLoopGroup loops;
    private final HandoffBroker broker;
    private final String otherSocket;
    private final BlockingQueue<HandoffOutcome> outcomes = new LinkedBlockingQueue<>();

    NegotiatingBroker(EventLoopGroup loops, Path handoffSocket, String otherSocket) {
        this.loops = loops;
        this.broker = HandoffBroker.builder(handoffSocket).readyEvent(true).build();
        this.otherSocket = otherSocket;
    }

    /** Listens until so many clients have come, and each has its outcome. */
    void serve(Path socket, int clients) throws InterruptedException {
        Channel listening = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline()
                                .addLast(new HandoffFrameDecoder(HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH))
                                .addLast(HandoffFrameParser.INSTANCE)
                                .addLast(new HelloHandler());
                    }
                })
                .bind(new DomainSocketAddress(socket.toFile()))
                .sync()
                .channel();
        try {
            for (int client = 1; client <= clients; client++) {
                if (outcomes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) == null) {
                    throw new AssertionError("client " + client + " of " + clients + " has no outcome");
                }
            }
        } finally {
            listening.close().sync();
        }
    }

    private void handOff(Channel client, HandoffToken token) {
        client.pipeline().removeLast();
        client.pipeline().remove(HandoffFrameParser.INSTANCE);
        client.pipeline().remove(HandoffFrameDecoder.class);
        broker.handOff(client, "zccache", token, CONNECTION_ID).addListener((FutureListener<HandoffOutcome>) done -> {
            client.close();
            outcomes.add(done.getNow());
        });
    }

    private ByteBuf reply(long requestId, HandoffToken token) {
        byte[] negotiated = Frames.concat(
                WireBytes.number(1, 1),
                WireBytes.bytes(2, VERSION.getBytes(StandardCharsets.UTF_8)),
                WireBytes.bytes(3, otherSocket.getBytes(StandardCharsets.UTF_8)),
                WireBytes.number(5, CAN_PASS_HANDLES),
                WireBytes.bytes(7, token.toBytes()),
                WireBytes.number(8, CONNECTION_ID));
        return Unpooled.wrappedBuffer(Frames.framed(Frame.newBuilder()
                .setEnvelopeVersion(1)
                .setKind(FrameKind.FRAME_KIND_RESPONSE)
                .setPayloadProtocol(CONTROL_PROTOCOL)
                .setPayload(ByteString.copyFrom(WireBytes.bytes(1, negotiated)))
                .setRequestId(requestId)
                .build()));
    }

    private final class HelloHandler extends SimpleChannelInboundHandler<Frame> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Frame hello) {
            HandoffToken token = HandoffToken.random();
            Channel client = ctx.channel();
            ctx.writeAndFlush(reply(hello.getRequestId(), token));
            // Outside of the decoder, which is to go.
            client.eventLoop().execute(() -> handOff(client, token));
        }
    }
}
