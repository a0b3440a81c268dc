package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of the README: compiled, run, and the same to the letter. */
@ExtendWith(NoDescriptorsLeft.class)
class ReadmeExampleIT {

    private final CountDownLatch adoptedHasEnded = new CountDownLatch(1);

    @Test
    void shouldMoveAConnectionFromTheBrokerToTheBackend(@TempDir Path directory) throws Exception {
        Path socketPath = directory.resolve("handoff.sock");
        EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

        // README
        HandoffServer backend = HandoffServer.builder(socketPath)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .adoptInto(
                        workers,
                        new ChannelInitializer<>() { // As for a ServerBootstrap.
                            @Override
                            protected void initChannel(Channel client) {
                                client.pipeline().addLast(new EchoHandler());
                            }
                        })
                .start()
                .get();
        // README

        try (backend;
                Client client = new Client(workers)) {
            client.send("before, ");
            Channel accepted = client.accepted();

            // README broker
            HandoffBroker broker = HandoffBroker.builder(socketPath).build();
            HandoffOutcome outcome =
                    broker.handOff(accepted, "chat", HandoffToken.random(), 1).get();
            // README broker

            assertThat(outcome).isInstanceOf(HandoffOutcome.Accepted.class);
            client.send("after");
            assertThat(client.receive(13)).isEqualTo("before, after");
            assertThat(accepted.isOpen()).isFalse();

            // Netty's loops may forget a channel that is open when they end without a quiet period.
            client.hangUp();
            assertThat(adoptedHasEnded.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private final class EchoHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.writeAndFlush(msg);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            adoptedHasEnded.countDown();
        }
    }

    /** A client that has connected to a broker's port, where nobody reads what it sends. */
    private static final class Client implements AutoCloseable {
        private final CompletableFuture<Channel> accepted = new CompletableFuture<>();
        private final Channel listening;
        private final SocketChannel socket;

        Client(EventLoopGroup loops) throws IOException {
            listening = new ServerBootstrap()
                    .group(loops)
                    .channel(EpollServerSocketChannel.class)
                    .childOption(ChannelOption.AUTO_READ, false)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            accepted.complete(channel);
                        }
                    })
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .syncUninterruptibly()
                    .channel();
            socket = SocketChannel.open(listening.localAddress());
        }

        Channel accepted() {
            return accepted.join();
        }

        void send(String text) throws IOException {
            socket.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }

        String receive(int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            while (bytes.hasRemaining() && socket.read(bytes) >= 0) {}
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        }

        void hangUp() throws IOException {
            socket.close();
        }

        @Override
        public void close() throws IOException {
            hangUp();
            listening.close().syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"// README\n", "// README broker\n"})
    void shouldStandInTheReadme(String marker) throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/handoff/netty/ReadmeExampleIT.java"));
        String example = source.split(marker, -1)[1].stripIndent().strip();

        assertThat(Path.of("../README.md")).content().contains("```java\n" + example + "\n```");
    }
}
