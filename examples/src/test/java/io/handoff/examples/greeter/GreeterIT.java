package io.handoff.examples.greeter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoBuffersLeaked;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({NoDescriptorsLeft.class, NoBuffersLeaked.class})
class GreeterIT {

    @Test
    void shouldGreetAClientThatIsHandedOver(@TempDir Path directory) throws Exception {
        EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (HandoffServer server = HandoffServer.builder(directory.resolve("handoff.sock"))
                        .expectedTokens(ExpectedTokenPolicy.carried())
                        .adoptInto(workers, new Greeter())
                        .start()
                        .get();
                TestBroker broker = TestBroker.connect(server.path());
                ClientConnection connection = ClientConnection.tcp()) {
            connection.client().send("Ann\n"); // Waits in the socket until the backend reads it.
            assertTrue(broker.handOff(connection).getAccepted());
            connection.client().send("Bob\n").shutdownOutput();
            assertEquals("Hello Ann\nHello Bob\n", connection.client().receiveTextToEnd());
        } finally {
            EventLoops.end(workers);
        }
    }

    /** What is tested: any initializer of yours. */
    static class Greeter extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel client) {
            client.pipeline().addLast(new LineBasedFrameDecoder(80), new StringDecoder(), new StringEncoder());
            client.pipeline().addLast(new SimpleChannelInboundHandler<String>() {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, String name) {
                    ctx.writeAndFlush("Hello " + name + "\n");
                }
            });
        }
    }
}
