package io.handoff.examples.grpc;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerChannel;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A gRPC server as one writes it with grpc-java, but for the channel factory. */
public final class GrpcServer {

    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    private static final int PATIENCE_SECONDS = 20;

    private final EventLoopGroup boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final Server server;

    /**
     * Starts it.
     *
     * @param socket where brokers hand connections off
     * @param clientsAddress where the broker takes clients; what the server says that it listens at
     * @param settings what else there is to set: TLS, say
     */
    public GrpcServer(Path socket, InetSocketAddress clientsAddress, UnaryOperator<NettyServerBuilder> settings)
            throws Exception {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(clientsAddress)
                .channelFactory(() -> new HandoffServerChannel(
                        HandoffServer.builder(socket).expectedTokens(ExpectedTokenPolicy.carried())))
                .bossEventLoopGroup(boss)
                .workerEventLoopGroup(workers)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .addService(EchoService.definition())
                .addService(new HealthStatusManager().getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance());
        server = settings.apply(builder).build().start();
    }

    /** As grpc-java does it: no new connections; those that there are end with their last call. Then the event loops. */
    public void stop() throws InterruptedException {
        server.shutdown().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination();
        workers.shutdownGracefully(100, 5000, TimeUnit.MILLISECONDS).sync();
        boss.shutdownGracefully(100, 5000, TimeUnit.MILLISECONDS).sync();
    }

    /** Serves at the path that is given until it is told to end. */
    public static void main(String[] arguments) throws Exception {
        GrpcServer server = new GrpcServer(
                Path.of(arguments[0]), new InetSocketAddress("localhost", 50051), UnaryOperator.identity());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        server.server.awaitTermination();
    }
}
