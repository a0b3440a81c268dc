package io.handoff.benchmarks.compare.contender;

import io.handoff.benchmarks.host.ParentProcess;
import io.handoff.benchmarks.load.EchoHandler;
import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadTokens;
import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A {@link HandoffServer} as a program would have it, which echoes on what it adopts. */
@Command(name = "backend-server", description = "This library's server, until the standard input ends.")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class BackendServer implements Callable<Integer> {

    /** Enough for every measurement here, and too few to run out of descriptors. */
    private static final int MAX_CONNECTIONS = 16_384;

    @Option(names = "--socket", required = true, description = "Where to listen.")
    private Path socket;

    @Option(names = "--mode", required = true, description = "What the load generator does.")
    private LoadMode mode;

    @Option(names = "--slots", defaultValue = "1", description = "The tokens that are pending, without descriptors.")
    private int slots;

    @Option(names = "--loops", defaultValue = "1", description = "Event loops, for offers and adopted connections.")
    private int loops;

    @Option(names = "--offer-timeout", defaultValue = "PT5S", description = "Time for one offer.")
    private Duration offerTimeout;

    /** Runs the server and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new BackendServer()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        EventLoopGroup group = Loops.start(loops, "backend");
        HandoffServerBuilder builder = HandoffServer.builder(socket)
                .controlLoops(group)
                .maxConnections(MAX_CONNECTIONS)
                .offerTimeout(offerTimeout);
        if (mode.passesDescriptors()) {
            adoptEchoing(builder, group).start().sync();
        } else {
            CompletableFuture<HandoffServer> started = new CompletableFuture<>();
            started.complete(keepPending(builder, started).start().sync().getNow());
        }
        ParentProcess.serve();
        return CommandLine.ExitCode.OK;
    }

    private static HandoffServerBuilder adoptEchoing(HandoffServerBuilder builder, EventLoopGroup group) {
        return builder.expectedTokens(ExpectedTokenPolicy.carried()).adoptInto(group, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel client) {
                client.pipeline().addLast(EchoHandler.INSTANCE);
            }
        });
    }

    /** The generator uses each of its tokens again as soon as the offer with it has been answered. */
    private HandoffServerBuilder keepPending(HandoffServerBuilder builder, CompletableFuture<HandoffServer> started) {
        List<HandoffToken> tokens =
                IntStream.range(0, slots).mapToObj(LoadTokens::of).toList();
        return builder.descriptors(DescriptorPolicy.NONE)
                .expectedTokens(ExpectedTokenPolicy.pending())
                .maxPendingTokens(LoadTokens.MAX_SLOTS)
                .pendingTokens(tokens)
                .listener(new HandoffListener() {
                    @Override
                    public void offerJudged(HandoffPeer peer, HandoffAnswer answer) {
                        int slot = LoadTokens.slot(answer.offer().correlationId());
                        started.join().tokens().register(tokens.get(slot));
                    }
                });
    }
}
