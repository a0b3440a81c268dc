package io.handoff.examples.vertx;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A Vert.x application as one writes it, but for the transport. */
public final class VertxServer {

    private static final int VERTICLES = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final HandoffTransport transport;
    private final Vertx vertx;

    /**
     * Starts it: two verticles, which share the connections that are handed off and those that come to the port.
     *
     * @param socket where brokers hand connections off
     * @param clientsAddress where the broker takes clients
     * @param port where clients connect that no broker has taken
     */
    public VertxServer(Path socket, InetSocketAddress clientsAddress, int port) {
        SocketAddress handoff = SocketAddress.domainSocketAddress(socket.toString());
        transport = new HandoffTransport(
                () -> HandoffServer.builder(socket).expectedTokens(ExpectedTokenPolicy.carried()),
                handoff,
                clientsAddress);
        vertx = Vertx.builder().withTransport(transport).build();
        await(vertx.deployVerticle(
                () -> new Greeter(List.of(handoff, SocketAddress.inetSocketAddress(port, "localhost"))),
                new DeploymentOptions().setInstances(VERTICLES)));
    }

    /** Brokers keep their clients from here on; then as Vert.x does it. */
    public void stop() throws InterruptedException {
        transport
                .server()
                .orElseThrow()
                .shutdownGracefully(Duration.ZERO, PATIENCE)
                .sync();
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    /** Serves at the path that is given, and at port 8080, until it is told to end. */
    public static void main(String[] arguments) {
        VertxServer server = new VertxServer(Path.of(arguments[0]), new InetSocketAddress("localhost", 80), 8080);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
