package io.handoff.spring.boot;

import io.handoff.examples.harness.Broker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Objects;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;

/** An application, and a broker in front of it. */
record Running(ReactiveWebServerApplicationContext application, Broker broker) implements AutoCloseable {

    static Running at(Path socket, String... properties) throws Exception {
        ReactiveWebServerApplicationContext application = Application.start(socket, properties);
        return new Running(application, Broker.start(socket));
    }

    /** Where the application listens itself, or would. */
    InetSocketAddress ownAddress() {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(),
                Objects.requireNonNull(application.getWebServer()).getPort());
    }

    /** What the application answers to a client of the broker. */
    HttpResponse<String> get(HttpClient client, String path) throws Exception {
        return get(client, broker.address(), path);
    }

    HttpResponse<String> get(HttpClient client, InetSocketAddress address, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + address.getPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        application.close();
        broker.close();
    }
}
