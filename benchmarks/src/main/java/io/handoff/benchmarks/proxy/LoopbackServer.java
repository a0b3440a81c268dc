package io.handoff.benchmarks.proxy;

import io.handoff.benchmarks.compare.contender.Loops;
import io.handoff.benchmarks.host.ParentProcess;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What the servers of this room have in common: any free port of the loopback interface, and one event loop. */
final class LoopbackServer {

    /** Enough for all clients at once. */
    static final int BACKLOG = 4096;

    /** The line that asks for the port; the answer is a number. */
    static final String PORT = "port";

    private LoopbackServer() {}

    /**
     * Has each client served by a sharable handler until the standard input ends, and answers what is asked there.
     *
     * @param reads whether clients are read from at once
     */
    static void serve(ChannelHandler handler, boolean reads) throws Exception {
        Channel listening = new ServerBootstrap()
                .group(Loops.start(1, "server"))
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.AUTO_READ, reads)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(handler);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        String port = Integer.toString(((InetSocketAddress) listening.localAddress()).getPort());
        System.out.println(ParentProcess.LISTENING);
        ParentProcess.serve(question -> question.equals(PORT) ? port : ParentProcess.answer(question));
        System.exit(0);
    }
}
