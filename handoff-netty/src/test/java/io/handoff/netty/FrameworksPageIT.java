package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerChannel;
import io.handoff.netty.token.ExpectedTokenPolicy;
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
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The code of docs/frameworks.md, and of the README for frameworks: that of Netty itself runs here, that of a framework in the example
 * that the page names.
 */
@ExtendWith(NoDescriptorsLeft.class)
class FrameworksPageIT {

    /** A link to a source file, and the code that is said to stand there. */
    private static final Pattern CODE = Pattern.compile("(?s)\\]\\(([^)\\s]+\\.java)\\):\n\n```java\n(.*?)```");

    /** Any code but a whole program. */
    private static final Pattern ANY_CODE = Pattern.compile("```java\n(?!import )");

    @TempDir
    Path directory;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final Queue<Channel> served = new ConcurrentLinkedQueue<>();
    private final InetSocketAddress clientsAddress = new InetSocketAddress("localhost", 0);
    private final ServerBootstrap bootstrap = new ServerBootstrap()
            .group(loops)
            .childHandler(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    served.add(channel);
                    channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(ChannelHandlerContext ctx, Object msg) {
                            ctx.writeAndFlush(msg);
                        }
                    });
                }
            });

    @AfterEach
    void stop() {
        served.forEach(channel -> channel.close().syncUninterruptibly());
        EventLoops.end(loops);
    }

    @Test
    void shouldTakeConnectionsBesideThoseThatItAccepts() throws Exception {
        Path socket = directory.resolve("s");
        Channel listening = bootstrap
                .channel(EpollServerSocketChannel.class)
                .bind(clientsAddress)
                .sync()
                .channel();
        HandoffServer server = HandoffServer.builder(socket)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .adoptInto((ServerChannel) listening)
                .start()
                .get();

        assertServes(socket);

        server.close();
        listening.close().sync();
    }

    @Test
    void shouldTakeConnectionsWithoutListening() throws Exception {
        Path socket = directory.resolve("s");
        Channel listening = bootstrap
                .channelFactory(() -> new HandoffServerChannel(
                        HandoffServer.builder(socket).expectedTokens(ExpectedTokenPolicy.carried())))
                .bind(clientsAddress)
                .sync()
                .channel();

        assertServes(socket);

        listening.close().sync();
        ((HandoffServerChannel) listening).server().orElseThrow().close();
    }

    private static void assertServes(Path socket) throws IOException {
        try (ClientConnection client = ClientConnection.tcp();
                TestBroker broker = TestBroker.connect(socket)) {
            assertThat(broker.handOff(client).getErrorDetail()).isEmpty();
            client.accepted().close();
            assertThat(client.client().send("echo").receiveText(4)).isEqualTo("echo");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../docs/frameworks.md", "../README.md"})
    void shouldShowCodeThatStandsInWhatItNames(Path file) throws Exception {
        String page = Files.readString(file);
        List<MatchResult> found = CODE.matcher(page).results().toList();

        assertThat(found).isNotEmpty().hasSize((int)
                ANY_CODE.matcher(page).results().count());
        for (MatchResult each : found) {
            String source = Files.readString(file.resolveSibling(each.group(1)));
            String code = each.group(2);
            assertThat(code.lines()).as(code).hasSizeLessThanOrEqualTo(5);
            assertThat(withoutSpace(source)).contains(withoutSpace(code));
        }
    }

    /** Where lines end is for the page to say. */
    private static String withoutSpace(String code) {
        return code.replaceAll("\\s", "");
    }
}
