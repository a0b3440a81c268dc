package io.handoff.examples.reactor;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerChannel;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.resources.LoopResources;

/** An HTTP server as one writes it with Reactor Netty, but for what it runs on. */
public final class ReactorServer {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration QUIET_PERIOD = Duration.ofMillis(100);

    private final LoopResources loops = LoopResources.create("http");
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final DisposableServer server;

    /**
     * Starts it.
     *
     * @param socket where brokers hand connections off
     * @param clientsAddress where the broker takes clients; what the server says that it listens at
     * @param settings what else there is to set: TLS, say
     */
    public ReactorServer(Path socket, InetSocketAddress clientsAddress, UnaryOperator<HttpServer> settings) {
        HttpServer http = HttpServer.create()
                .runOn(new HandoffLoops(
                        loops, () -> HandoffServer.builder(socket).expectedTokens(ExpectedTokenPolicy.carried())))
                .bindAddress(() -> clientsAddress)
                .channelGroup(connections)
                .protocol(HttpProtocol.HTTP11, HttpProtocol.H2C)
                .route(ReactorServer::routes);
        server = settings.apply(http).bindNow();
    }

    private static void routes(HttpServerRoutes routes) {
        routes.get("/hello", (request, response) -> response.sendString(Mono.just("hello")))
                .get(
                        "/",
                        (request, response) -> response.sendString(Mono.just(
                                "hello " + request.remoteAddress() + ", this is " + request.hostAddress() + "\n")))
                .post(
                        "/echo",
                        (request, response) -> response.sendByteArray(
                                request.receive().aggregate().asByteArray()));
    }

    /**
     * Ends it so that each client is answered, here or by its broker. Brokers keep their clients from here on; those that have come may
     * ask what they have come for; then Reactor Netty closes what is idle and waits for requests that are running. Without the first two
     * steps it would close a connection that has just come, too.
     *
     * @param patience how long connections may stay open that are idle
     */
    public void stop(Duration patience) {
        HandoffServer handoffs =
                ((HandoffServerChannel) server.channel()).server().orElseThrow();
        handoffs.shutdownGracefully(Duration.ZERO, TIMEOUT).awaitUninterruptibly();
        connections.newCloseFuture().awaitUninterruptibly(patience.toMillis());
        server.disposeNow(TIMEOUT);
        loops.disposeLater(QUIET_PERIOD, TIMEOUT).block();
    }

    /** Serves at the path that is given until it is told to end. */
    public static void main(String[] arguments) {
        ReactorServer http = new ReactorServer(
                Path.of(arguments[0]), new InetSocketAddress("localhost", 8080), UnaryOperator.identity());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> http.stop(Duration.ofSeconds(5))));
        http.server.onDispose().block();
    }
}
