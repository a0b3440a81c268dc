package io.handoff.benchmarks.compare.measure;

import io.handoff.benchmarks.compare.contender.FloorFrames;
import io.handoff.benchmarks.compare.contender.Loops;
import io.handoff.benchmarks.compare.contender.SocketDirectory;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A client and its broker: connects to itself, and hands the connection off. Each with the same offer, the one for which
 * the floor's ACK is right; so one must be over before the next begins.
 */
final class OneByOneBroker implements IdleClients.Opening {

    private final SocketDirectory directory = SocketDirectory.create();
    private final EventLoopGroup loop = Loops.start(1, "broker");
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final HandoffBroker broker;

    OneByOneBroker(Path backend) throws IOException {
        broker = HandoffBroker.builder(backend).build();
        new ServerBootstrap()
                .group(loop)
                .channel(EpollServerDomainSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        accepted.add(client);
                    }
                })
                .bind(new DomainSocketAddress(directory.socket().toFile()))
                .syncUninterruptibly();
    }

    @Override
    public SocketChannel open() throws IOException {
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(directory.socket()));
        try {
            HandoffOutcome outcome =
                    broker.handOff(accepted.take(), FloorFrames.OFFER).get();
            if (outcome instanceof HandoffOutcome.Accepted) {
                return client;
            }
            throw new IOException("a handoff was not accepted: " + outcome);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        directory.close();
    }
}
