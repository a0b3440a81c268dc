package io.handoff.netty.adoption;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.backend.HandoffServerChannel;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Netty's HTTP/2 takes a channel whose parent is a listening one for a server's, and any other for a client's: that would refuse
 * stream 1, the first of a client that speaks HTTP/2 at once. Netty's own client begins with stream 3, so frames are sent by hand.
 */
@ExtendWith(NoDescriptorsLeft.class)
class Http2AdoptionIT {

    private static final InetSocketAddress LOOPBACK = new InetSocketAddress("localhost", 0);

    /** RFC 9113, section 3.4. */
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    /** RFC 9113, section 6. */
    private static final int DATA = 0;

    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    /** RFC 7541, appendix A: POST, the path /, the scheme http. */
    private static final byte[] REQUEST = {(byte) 0x83, (byte) 0x84, (byte) 0x86};

    /** The same: status 200. */
    private static final byte[] OK = {(byte) 0x88};

    @TempDir
    Path directory;

    private final EventLoopGroup boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final Queue<Channel> served = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        served.forEach(channel -> channel.close().syncUninterruptibly());
        EventLoops.end(boss, workers);
    }

    /** How connections are adopted. */
    private enum Way {
        BY_INITIALIZER,
        BY_LISTENER,
        BY_CHANNEL_FACTORY
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldServeTheStreamsOfAnAdoptedConnection(Way way) throws Exception {
        startBackend(way);
        try (ClientConnection client = ClientConnection.tcp();
                TestBroker broker = TestBroker.connect(path())) {
            assertThat(broker.handOff(client).getErrorDetail()).isEmpty();
            client.accepted().close();

            client.client().send(PREFACE);
            send(client.client(), SETTINGS, 0, 0, new byte[0]);
            for (int stream : new int[] {1, 3}) {
                send(client.client(), HEADERS, END_HEADERS, stream, REQUEST);
                send(client.client(), DATA, END_STREAM, stream, ("on " + stream).getBytes(US_ASCII));

                assertThat(receive(client.client(), HEADERS, stream)).isEqualTo(OK);
                assertThat(receive(client.client(), DATA, stream)).asString().isEqualTo("on " + stream);
            }
        }
    }

    private Path path() {
        return directory.resolve("s");
    }

    private void startBackend(Way way) throws Exception {
        HandoffServerBuilder settings = HandoffServer.builder(path()).expectedTokens(ExpectedTokenPolicy.carried());
        switch (way) {
            case BY_INITIALIZER ->
                opened.add(settings.adoptInto(workers, new Http2()).start().get());
            case BY_LISTENER -> {
                Channel listening = bound(new ServerBootstrap().channel(EpollServerSocketChannel.class));
                opened.add(settings.adoptInto((ServerChannel) listening).start().get());
            }
            case BY_CHANNEL_FACTORY -> {
                Channel listening =
                        bound(new ServerBootstrap().channelFactory(() -> new HandoffServerChannel(settings)));
                opened.add(((HandoffServerChannel) listening).server().orElseThrow());
            }
        }
    }

    private Channel bound(ServerBootstrap bootstrap) throws Exception {
        Channel listening = bootstrap
                .group(boss, workers)
                .childHandler(new Http2())
                .bind(LOOPBACK)
                .sync()
                .channel();
        opened.add(() -> listening.close().sync());
        return listening;
    }

    private static void send(BlockingSocket client, int type, int flags, int stream, byte[] payload)
            throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length)
                .putShort((short) 0)
                .put((byte) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload);
        client.send(frame.array());
    }

    /** The payload of the next frame of a type, past those of the connection itself. */
    private static byte[] receive(BlockingSocket client, int type, int stream) throws IOException {
        while (true) {
            ByteBuffer header = ByteBuffer.wrap(client.receive(9));
            int length = (header.getShort() << 8) | (header.get() & 0xFF);
            int received = header.get();
            header.get();
            int of = header.getInt();
            byte[] payload = client.receive(length);
            if (of != 0) {
                assertThat(List.of(received, of)).as("type and stream").isEqualTo(List.of(type, stream));
                return payload;
            }
        }
    }

    private final class Http2 extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            served.add(channel);
            channel.pipeline()
                    .addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(new Streams()));
        }
    }

    private static final class Streams extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel stream) {
            stream.pipeline().addLast(new Echo());
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof Http2DataFrame data) {
                ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
                ctx.writeAndFlush(new DefaultHttp2DataFrame(data.content(), true));
            } else {
                ReferenceCountUtil.release(msg);
            }
        }
    }
}
