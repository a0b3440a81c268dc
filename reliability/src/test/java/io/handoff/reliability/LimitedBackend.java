package io.handoff.reliability;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.host.ParentProcess;
import io.handoff.benchmarks.load.EchoHandler;
import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A backend as a program would have it, which echoes on what it adopts, with limits to be reached. It lives until its
 * standard input ends, and answers what it is asked there with a line of JSON.
 */
@Command(name = "limited-backend")
final class LimitedBackend implements Callable<Integer> {

    static final String LISTENING = "listening";
    static final String COUNTS = "counts";
    static final String MEMORY = "memory";

    @Option(names = "--socket", required = true)
    private Path socket;

    @Option(names = "--offer-timeout", required = true)
    private Duration offerTimeout;

    @Option(names = "--max-connections", required = true)
    private int maxConnections;

    @Option(names = "--max-frame-length", required = true)
    private int maxFrameLength;

    public static void main(String[] args) {
        System.exit(new CommandLine(new LimitedBackend()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        HandoffServer server = start(loop);
        try (DirectPeak direct = new DirectPeak()) {
            System.out.println(LISTENING);
            JsonMapper json = new JsonMapper();
            ParentProcess.serve(question -> json.writeValueAsString(answer(question, server, direct)));
        }
        return CommandLine.ExitCode.OK;
    }

    /** Connections with a descriptor are handoffs; those without are framed, and may send and be sent whatever they like. */
    private HandoffServer start(EventLoopGroup loop) throws Exception {
        return HandoffServer.builder(socket)
                .controlLoops(loop)
                .adoptInto(loop, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(EchoHandler.INSTANCE);
                    }
                })
                .descriptors(DescriptorPolicy.OPTIONAL)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .offerTimeout(offerTimeout)
                .maxConnections(maxConnections)
                .maxFrameLength(maxFrameLength)
                .start()
                .get();
    }

    private Object answer(String question, HandoffServer server, DirectPeak direct) throws IOException {
        return switch (question) {
            case COUNTS -> BackendCounts.of(server);
            case MEMORY -> BackendMemory.of(direct);
            default -> throw new IOException("the input was " + question + "; expected " + COUNTS + " or " + MEMORY);
        };
    }
}
