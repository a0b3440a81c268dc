package io.handoff.reliability.sweep;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The backend's process. It refuses the clients of one service. */
final class SweptBackend {

    /** The event loop of the handoff connections. */
    static final String CONTROL = "control";

    /** The event loop of the adopted connections. */
    static final String WORKER = "worker";

    /** The question how many tokens are pending. */
    static final String TOKENS = "tokens";

    private SweptBackend() {}

    /** Argument: its socket. */
    public static void main(String[] args) throws Exception {
        HandoffServer server = HandoffServer.builder(Path.of(args[0]))
                .controlLoops(SweptProcess.newLoop(CONTROL))
                .adoptInto(SweptProcess.newLoop(WORKER), new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new AnsweringHandler(Side.BACKEND));
                    }
                })
                .expectedTokens(ExpectedTokenPolicy.carried())
                .admission((offer, peer) -> offer.serviceName().equals(ClientKind.REJECTED.name())
                        ? Optional.of("clients of this kind are refused")
                        : Optional.empty())
                .offerTimeout(SweptProcess.TIMEOUT)
                .start()
                .get();
        System.out.println(SweptProcess.LISTENING);
        SweptProcess.serve(server, question -> {
            if (!question.equals(TOKENS)) {
                throw new IOException("no such question: " + question);
            }
            return String.valueOf(server.tokens().pendingCount().get());
        });
    }
}
