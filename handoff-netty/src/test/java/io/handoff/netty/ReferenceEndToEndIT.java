package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.StartedProcess;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The crate's own tests of a handoff from end to end pass with this library in the place of its backend, of its broker, and
 * of both. What they check is the crate's, and so is the client in each, and whatever is not ours.
 */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
@ParameterizedClass
@MethodSource("io.handoff.netty.ReferenceVersion#all")
class ReferenceEndToEndIT {

    private final ReferenceVersion reference;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private @Nullable HandoffServer backend;

    ReferenceEndToEndIT(ReferenceVersion reference) {
        this.reference = reference;
    }

    @AfterEach
    void stop() throws Exception {
        if (backend != null) {
            backend.close();
        }
        EventLoops.end(loops);
    }

    @ParameterizedTest
    @ValueSource(strings = {"backend", "broker", "backend broker"})
    void shouldHandTheClientOver(String ours) throws Exception {
        pass("serve_handoff_completes_and_client_adopts_connection", ours);
    }

    @ParameterizedTest
    @ValueSource(strings = {"backend", "broker", "backend broker"})
    void shouldSendARejectedClientAway(String ours) throws Exception {
        pass("rejected_handoff_silently_downgrades_to_backend_pipe", ours);
    }

    private void pass(String test, String ours) throws Exception {
        List<String> command =
                List.of("env", "HANDOFF_OURS=" + ours, reference.tests(), "--exact", "handoff_serve_e2e::" + test);
        try (StartedProcess process = StartedProcess.start(command)) {
            int roles = ours.split(" ", -1).length;
            for (String line = ""; !line.startsWith("test result: "); line = process.nextLine()) {
                if (line.startsWith("ask ")) {
                    roles--;
                    substitute(line.split(" ", -1));
                    process.send("done");
                }
            }
            assertThat(process.awaitExit()).as(process.output()).isZero();
            assertThat(process.output()).contains("test result: ok. 1 passed; 0 failed");
            assertThat(roles).as("roles of ours that were not asked for").isZero();
        }
    }

    /** What is asked for, and where: {@code tests/substitute.rs} has the other end. */
    private void substitute(String[] asked) throws Exception {
        if (asked[1].equals("backend")) {
            backend = startBackend(Path.of(asked[3]), asked[2].equals("accept"));
        } else {
            new NegotiatingBroker(loops, Path.of(asked[4]), asked[5])
                    .serve(Path.of(asked[3]), Integer.parseInt(asked[2]));
        }
    }

    /** Rejects as the crate's does: another token is expected. */
    private HandoffServer startBackend(Path socket, boolean accepting) throws Exception {
        HandoffToken other = HandoffToken.random();
        return HandoffServer.builder(socket)
                .expectedTokens(accepting ? ExpectedTokenPolicy.carried() : ExpectedTokenPolicy.expected(other))
                .pendingTokens(List.of(other))
                .adoptInto(loops, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new ProbeHandler());
                    }
                })
                .start()
                .get();
    }

    /** What the crate's own backend does with an adopted connection. */
    private static final class ProbeHandler extends SimpleChannelInboundHandler<ByteBuf> {

        private static final int PROBE = 0xC3;
        private static final int REPLY = 0x5A;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
            assertThat(bytes.readUnsignedByte()).isEqualTo((short) PROBE);
            assertThat(bytes.isReadable()).isFalse();
            ctx.writeAndFlush(ctx.alloc().buffer().writeByte(REPLY));
        }
    }
}
