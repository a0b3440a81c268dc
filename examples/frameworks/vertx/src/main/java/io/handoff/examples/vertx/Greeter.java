package io.handoff.examples.vertx;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A verticle that serves HTTP/1.1, HTTP/2 in clear text, and WebSockets at each address that it is given. */
final class Greeter extends VerticleBase {

    private static final int GRACE_SECONDS = 20;

    private final List<SocketAddress> addresses;
    private final List<HttpServer> servers = new ArrayList<>();

    Greeter(List<SocketAddress> addresses) {
        this.addresses = addresses;
    }

    @Override
    public Future<?> start() {
        List<Future<HttpServer>> listening = new ArrayList<>();
        for (SocketAddress address : addresses) {
            HttpServer server =
                    vertx.createHttpServer().requestHandler(this::greet).webSocketHandler(this::echo);
            servers.add(server);
            listening.add(server.listen(address));
        }
        return Future.all(listening);
    }

    private void greet(HttpServerRequest request) {
        request.response()
                .putHeader("verticle", Thread.currentThread().getName())
                .end("hello " + request.remoteAddress() + ", this is " + request.localAddress() + "\n");
    }

    private void echo(ServerWebSocket socket) {
        socket.textMessageHandler(socket::writeTextMessage);
    }

    /** As Vert.x does it: no new connections; those that there are end with their last request. */
    @Override
    public Future<?> stop() {
        return Future.all(servers.stream()
                .map(server -> server.shutdown(GRACE_SECONDS, TimeUnit.SECONDS))
                .toList());
    }
}
