package io.handoff.examples.armeria;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcHealthCheckService;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** An Armeria server as one writes it, which takes handed-off connections for connections that came to its port. */
public final class ArmeriaServer {

    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Server server;
    private final HandoffServer handoff;

    /**
     * Starts it.
     *
     * @param socket where brokers hand connections off
     * @param address where clients connect that no broker has taken
     * @param maxConnections how many clients there may be, whichever way they come
     */
    public ArmeriaServer(Path socket, InetSocketAddress address, int maxConnections)
            throws ExecutionException, InterruptedException {
        CompletableFuture<ServerChannel> listener = new CompletableFuture<>();
        server = Server.builder()
                .http(address)
                .bossGroupFactory(threadName -> new BossGroup(threadName, listener))
                .maxNumConnections(maxConnections)
                .gracefulShutdownTimeout(QUIET, PATIENCE)
                .service(
                        "/",
                        (context, request) -> HttpResponse.of(
                                "hello %s, this is %s\n", context.remoteAddress(), context.localAddress()))
                .service(GrpcService.builder()
                        .addService(GrpcHealthCheckService.builder().build())
                        .build())
                .build();
        server.start().join();
        handoff = HandoffServer.builder(socket)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .adoptInto(listener.join())
                .start()
                .get();
    }

    /** Where clients connect that no broker has taken. */
    public InetSocketAddress address() {
        return server.activePorts().keySet().iterator().next();
    }

    /** Brokers keep their clients from here on; then as Armeria does it. */
    public void stop() throws InterruptedException {
        handoff.shutdownGracefully(Duration.ZERO, PATIENCE).sync();
        server.stop().join();
    }

    /** Serves at the path that is given, and at port 8080, until it is told to end. */
    public static void main(String[] arguments) throws Exception {
        ArmeriaServer server = new ArmeriaServer(Path.of(arguments[0]), new InetSocketAddress("localhost", 8080), 1000);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
