package io.handoff.benchmarks.compare.contender;

import io.handoff.benchmarks.host.ParentProcess;
import io.handoff.benchmarks.load.EchoHandler;
import io.handoff.benchmarks.load.LoadMode;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The cheapest server that satisfies the load generator, with what Netty has: it moves the same bytes and the same
 * descriptors, and parses, checks and times nothing. For {@link LoadMode#RECONNECT} it is a plain echo server.
 */
@Command(name = "floor-server", description = "The cheapest server, until the standard input ends.")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class FloorServer implements Callable<Integer> {

    @Option(names = "--socket", required = true, description = "Where to listen.")
    private Path socket;

    @Option(names = "--mode", required = true, description = "What the load generator does.")
    private LoadMode mode;

    /** Runs the server and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new FloorServer()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        listen(socket, mode, Loops.start(1, "floor"));
        ParentProcess.serve();
        return CommandLine.ExitCode.OK;
    }

    /** Listens for offers and serves clients on the same loops, which stay the caller's. */
    static Channel listen(Path socket, LoadMode mode, EventLoopGroup loops) {
        FloorFrames.initialize();
        ServerBootstrap bootstrap = new ServerBootstrap().channel(EpollServerDomainSocketChannel.class);
        switch (mode) {
            case DESCRIPTOR, BROKER ->
                bootstrap
                        .group(loops)
                        .childOption(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                        .childHandler(each(DescriptorFloor::new));
            case FRESH, PIPELINED -> bootstrap.group(loops).childHandler(each(FramedFloor::new));
            case RECONNECT -> bootstrap.group(loops).childHandler(EchoHandler.INSTANCE);
        }
        return bootstrap
                .bind(new DomainSocketAddress(socket.toFile()))
                .syncUninterruptibly()
                .channel();
    }

    private static ChannelInitializer<Channel> each(Supplier<ChannelHandler> handler) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection.pipeline().addLast(handler.get());
            }
        };
    }
}
