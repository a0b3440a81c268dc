package io.handoff.reliability.soak;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.host.ParentProcess;
import io.handoff.benchmarks.load.EchoHandler;
import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The process that is watched: a server that echoes on what it adopts, and issues tokens that nobody uses. It answers
 * each line of its standard input with a line, and ends with it.
 */
final class SoakBackend {

    static final String REFUSED_SERVICE = "refused";
    static final String FAILING_SERVICE = "failing";
    static final String REFUSAL = "not served here";

    static final String ACCEPTED = "accepted";
    static final String ACK_FAILED = "ACK failed";

    static final String LISTENING = "listening";

    /** Asks for a {@link SoakSample} as JSON. */
    static final String SAMPLE = "sample";

    /** The same, but no more tokens are issued from now on, and expired ones are dropped before. */
    static final String SAMPLE_AT_REST = "sample at rest";

    /** Asks for what the server has counted, as JSON. */
    static final String COUNTS = "counts";

    /** No limit, so that tokens which are never dropped show as such. */
    private static final int MAX_PENDING_TOKENS = 1 << 24;

    /** Held here, for the level of a logger that nobody holds is lost. */
    private static final Logger INITIALIZERS = Logger.getLogger(ChannelInitializer.class.getName());

    private final SoakIssuer issuer;
    private final SoakProbe probe;
    private final JsonMapper json = new JsonMapper();

    private SoakBackend(SoakIssuer issuer, SoakProbe probe) {
        this.issuer = issuer;
        this.probe = probe;
    }

    static List<String> arguments(Path socket, SoakSettings settings) {
        return List.of(
                socket.toString(),
                settings.offerTimeout().toString(),
                settings.timeToLive().toString(),
                Integer.toString(settings.issuedPerSecond()));
    }

    public static void main(String[] args) throws Exception {
        // It would print each that fails.
        INITIALIZERS.setLevel(Level.OFF);
        EventLoopGroup workers =
                new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("worker"), EpollIoHandler.newFactory());
        ChannelGroup adopted = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        HandoffServer server = HandoffServer.builder(Path.of(args[0]))
                .offerTimeout(Duration.parse(args[1]))
                .tokenTimeToLive(Duration.parse(args[2]))
                .maxPendingTokens(MAX_PENDING_TOKENS)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .admission((offer, peer) ->
                        offer.serviceName().equals(REFUSED_SERVICE) ? Optional.of(REFUSAL) : Optional.empty())
                .adoptInto(workers, echoing(adopted))
                .start()
                .get();
        SoakIssuer issuer = new SoakIssuer(server.tokens(), workers.next(), Integer.parseInt(args[3]));
        new SoakBackend(issuer, new SoakProbe(server, adopted)).serve();
        // The other threads are not daemons.
        System.exit(0);
    }

    private static ChannelInitializer<Channel> echoing(ChannelGroup adopted) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel client) {
                if (client.attr(HandedOffConnection.KEY).get().serviceName().equals(FAILING_SERVICE)) {
                    throw new IllegalStateException("the initializer of a program fails");
                }
                adopted.add(client);
                client.pipeline().addLast(EchoHandler.INSTANCE);
            }
        };
    }

    private void serve() throws Exception {
        System.out.println(LISTENING);
        ParentProcess.serve(question -> json.writeValueAsString(answer(question)));
    }

    private Object answer(String question) throws Exception {
        return switch (question) {
            case SAMPLE -> probe.sample();
            case SAMPLE_AT_REST -> {
                issuer.stop();
                yield probe.sample();
            }
            case COUNTS -> probe.counts();
            default -> throw new IOException("the input was " + question + "; expected a question");
        };
    }
}
