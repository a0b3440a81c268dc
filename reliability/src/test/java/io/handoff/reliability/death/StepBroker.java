package io.handoff.reliability.death;

import io.handoff.netty.broker.HalfOpening;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffBrokerBuilder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * The broker's process: {@link HandoffBroker} as a program has it, with handoffs that can be made to stand at its steps.
 * Prints the TCP port that it listens on; clients may also come through a Unix-domain socket.
 */
final class StepBroker {

    /** Handoffs stand for as long as the test takes. */
    static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final int LOOPS = 2;

    private final StepHolds holds = new StepHolds();
    private final Map<HandoffStep, HandoffBroker> brokers = new EnumMap<>(HandoffStep.class);

    private StepBroker(Path links) throws NoSuchMethodException {
        for (HandoffStep step : HandoffStep.values()) {
            HandoffBrokerBuilder builder = HandoffBroker.builder(links.resolve(step.name()))
                    .timeout(TIMEOUT)
                    .carryState(true)
                    // A backend that dies a hundred times within seconds is what this is about.
                    .maxFailures(Integer.MAX_VALUE);
            brokers.put(step, (step == HandoffStep.OPENING_HALF ? HalfOpening.of(builder) : builder).build());
        }
    }

    /** Arguments: the clients' socket, and the directory of the links to the backend's. */
    public static void main(String[] args) throws Exception {
        // The JDK's first socket channel, which a takeover would open, leaves a descriptor of a socket for good.
        SocketChannel.open(StandardProtocolFamily.UNIX).close();
        StepBroker broker = new StepBroker(Path.of(args[1]));
        System.out.println(broker.listen(Path.of(args[0])));
        StepCommands.serve(broker.holds, Map.of());
    }

    private int listen(Path clients) throws InterruptedException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(
                        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()),
                        new StepLoops(LOOPS, this::registering))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new BrokerGreeting(brokers, holds));
                    }
                });
        bootstrap
                .clone()
                .channel(EpollServerDomainSocketChannel.class)
                .bind(new DomainSocketAddress(clients.toFile()))
                .sync();
        Channel tcp = bootstrap
                .channel(EpollServerSocketChannel.class)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
        return ((InetSocketAddress) tcp.localAddress()).getPort();
    }

    private void registering(Channel channel, Runnable register) {
        // A client's channel, which comes back to its loop after a failed handoff, has the listening one as parent.
        if (channel instanceof EpollDomainSocketChannel && channel.parent() == null) {
            channel.pipeline().addFirst(new BrokerControlStops(holds));
        }
        register.run();
    }
}
