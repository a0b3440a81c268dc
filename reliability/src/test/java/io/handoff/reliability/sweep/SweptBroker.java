package io.handoff.reliability.sweep;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.token.HandoffToken;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The broker's process: hands off each client as soon as it is accepted, and serves those that stay. Its event loop can be
 * held, so that a client has sent all that it will before it is accepted.
 */
final class SweptBroker {

    /** What the loop looks for, in vain, when a handoff begins; what it has called before is the program's and Netty's. */
    static final Path BEGIN = Path.of("/handoff-begins");

    /** The event loop of the clients and their handoffs. */
    static final String LOOP = "broker";

    /** Holds the event loop: it makes no call until it is released. */
    static final String HOLD = "hold";

    /** Releases the loop; the service of the clients that it then finds stands behind. */
    static final String RELEASE = "release ";

    /** Asks for the outcome of the handoff. */
    static final String OUTCOME = "outcome";

    /** The answer if there is none after twice the time of a handoff. */
    static final String NO_OUTCOME = "none";

    private final EventLoopGroup loop = SweptProcess.newLoop(LOOP);
    private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
    private final HandoffBroker broker;
    private volatile String service = ClientKind.ACCEPTED.name();
    private CountDownLatch held = new CountDownLatch(0);

    private SweptBroker(Path backend) {
        this.broker = HandoffBroker.builder(backend)
                .timeout(SweptProcess.TIMEOUT)
                // That so many fail is what this is about.
                .maxFailures(Integer.MAX_VALUE)
                .build();
    }

    /** Argument: the backend's socket. Prints the port at which it listens. */
    public static void main(String[] args) throws Exception {
        SweptBroker broker = new SweptBroker(Path.of(args[0]));
        Channel listener = broker.listen();
        System.out.println(((InetSocketAddress) listener.localAddress()).getPort());
        SweptProcess.serve(() -> listener.close().sync(), broker::answer);
    }

    private Channel listen() throws InterruptedException {
        return new ServerBootstrap()
                .group(SweptProcess.newLoop("listener"), loop)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new Handoff(), new AnsweringHandler(Side.BROKER));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    private String answer(String line) throws InterruptedException {
        if (line.equals(OUTCOME)) {
            String outcome = outcomes.poll(2 * SweptProcess.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return outcome == null ? NO_OUTCOME : outcome;
        }
        if (line.equals(HOLD)) {
            hold();
        } else {
            service = line.substring(RELEASE.length());
            outcomes.clear();
            held.countDown();
        }
        return line;
    }

    private void hold() throws InterruptedException {
        CountDownLatch holds = new CountDownLatch(1);
        held = new CountDownLatch(1);
        loop.execute(() -> {
            holds.countDown();
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        holds.await();
    }

    /** Hands a client off before a byte of it is read. */
    private final class Handoff extends ChannelInboundHandlerAdapter {

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            HandoffToken token = HandoffToken.random();
            Files.exists(BEGIN);
            broker.handOff(ctx.channel(), service, token, 1)
                    .addListener(outcome -> outcomes.add(text((HandoffOutcome) outcome.getNow())));
        }

        private static String text(HandoffOutcome outcome) {
            if (outcome instanceof HandoffOutcome.Failed failed) {
                return "failed at " + failed.stage() + ": " + failed.cause().getMessage();
            }
            return outcome instanceof HandoffOutcome.Rejected rejected ? "rejected: " + rejected.detail() : "accepted";
        }
    }
}
