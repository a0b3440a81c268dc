package io.handoff.reliability.closing;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.EventLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Brokers that hand off one client after the other, each as fast as it can, until they are closed. Every client asks once,
 * and by the answer it is seen who has it; one that gets none is lost.
 */
final class LoadedBrokers implements AutoCloseable {

    /** Longer than any close takes. */
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final int QUESTION = '?';

    private final HandoffBroker broker;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final int port;
    private final List<Thread> brokers = new ArrayList<>();
    private final Map<String, Integer> failures = new TreeMap<>();
    private volatile boolean isOver;
    private int waiting;
    private int servedByBackend;
    private int keptByBroker;
    private int lost;

    private LoadedBrokers(Path backend) throws InterruptedException {
        broker = HandoffBroker.builder(backend)
                .timeout(TIMEOUT)
                // Between two backends all fail, and are tried again.
                .maxFailures(Integer.MAX_VALUE)
                .build();
        Channel listener = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new Handoff(), new Answering(Answering.BROKER));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
        port = ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Starts so many. */
    static LoadedBrokers start(int count, Path backend) throws InterruptedException {
        LoadedBrokers loaded = new LoadedBrokers(backend);
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(loaded::handOffClients, "broker-" + i);
            loaded.brokers.add(thread);
            thread.start();
        }
        return loaded;
    }

    private void handOffClients() {
        while (!isOver) {
            change(() -> waiting++);
            int answer = ask();
            change(() -> {
                waiting--;
                switch (answer) {
                    case Answering.BACKEND -> servedByBackend++;
                    case Answering.BROKER -> keptByBroker++;
                    default -> lost++;
                }
            });
        }
    }

    /** The answer that a client gets; -1 if it is closed, or nobody answers. */
    private int ask() {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout((int) TIMEOUT.plusSeconds(10).toMillis());
            // A reset, so that no port is kept in TIME_WAIT.
            client.setSoLinger(true, 0);
            client.getOutputStream().write(QUESTION);
            return client.getInputStream().read();
        } catch (IOException e) {
            return -1;
        }
    }

    private synchronized void change(Runnable change) {
        change.run();
        notifyAll();
    }

    /** Waits until the backend has served so many more clients than now. */
    synchronized void awaitServed(int more) throws InterruptedException {
        int enough = servedByBackend + more;
        while (servedByBackend < enough) {
            wait();
        }
    }

    /** Waits until every broker has a client that is not answered. */
    synchronized void awaitAllWaiting() throws InterruptedException {
        while (waiting < brokers.size()) {
            wait();
        }
    }

    /** Clients that got the backend's answer. */
    synchronized int servedByBackend() {
        return servedByBackend;
    }

    /** Clients that got the broker's. */
    synchronized int keptByBroker() {
        return keptByBroker;
    }

    /** Clients that got none. */
    synchronized int lost() {
        return lost;
    }

    /** What the brokers were told of handoffs after which the connection was not theirs any more, and how often. */
    synchronized Map<String, Integer> failures() {
        return new TreeMap<>(failures);
    }

    /** Ends all, when each has had the answer that it waits for. */
    void end() throws InterruptedException {
        isOver = true;
        for (Thread thread : brokers) {
            thread.join();
        }
    }

    @Override
    public void close() {
        isOver = true;
        EventLoops.end(loops);
    }

    private final class Handoff extends ChannelInboundHandlerAdapter {

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            broker.handOff(ctx.channel(), "any", HandoffToken.random(), 1).addListener(outcome -> {
                if (outcome.getNow() instanceof HandoffOutcome.Failed failed && !failed.connectionUsable()) {
                    change(() -> failures.merge(
                            failed.stage() + ": " + failed.cause().getMessage(), 1, Integer::sum));
                }
            });
        }
    }
}
