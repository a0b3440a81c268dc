package io.handoff.benchmarks.load;

import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.testkit.EventLoops;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/** A backend of the library's, in the process of the test. */
final class LoadedBackend implements AutoCloseable {

    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final HandoffServer server;

    private LoadedBackend(HandoffServerBuilder builder) throws ExecutionException, InterruptedException {
        server = builder.adoptInto(workers, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new EchoHandler());
                    }
                })
                .start()
                .get();
    }

    /** Adopts what comes with a descriptor, and echoes. */
    static LoadedBackend adopting(Path path) throws ExecutionException, InterruptedException {
        return new LoadedBackend(HandoffServer.builder(path).expectedTokens(ExpectedTokenPolicy.carried()));
    }

    /** Adopts nothing, and says why. */
    static LoadedBackend refusing(Path path, String why) throws ExecutionException, InterruptedException {
        return new LoadedBackend(HandoffServer.builder(path)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .admission((offer, peer) -> Optional.of(why)));
    }

    /** Accepts offers without descriptors, whose tokens are pending again and again. */
    static LoadedBackend framed(Path path, int slots) throws ExecutionException, InterruptedException {
        CompletableFuture<HandoffTokens> tokens = new CompletableFuture<>();
        LoadedBackend backend = new LoadedBackend(HandoffServer.builder(path)
                .descriptors(DescriptorPolicy.NONE)
                .maxPendingTokens(LoadTokens.MAX_SLOTS)
                .pendingTokens(
                        IntStream.range(0, slots).mapToObj(LoadTokens::of).toList())
                .listener(new HandoffListener() {
                    @Override
                    public void offerJudged(HandoffPeer peer, HandoffAnswer answer) {
                        if (answer instanceof HandoffAnswer.Accepted) {
                            HandoffToken token =
                                    LoadTokens.of(LoadTokens.slot(answer.offer().correlationId()));
                            tokens.thenAccept(pending -> pending.register(token));
                        }
                    }
                }));
        tokens.complete(backend.server.tokens());
        return backend;
    }

    long offersAccepted() {
        return server.metrics().offersAccepted();
    }

    @Override
    public void close() {
        server.close();
        EventLoops.end(workers);
    }

    private static final class EchoHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            ctx.writeAndFlush((ByteBuf) bytes);
        }
    }
}
