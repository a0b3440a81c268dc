package io.handoff.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** All the clients of one broker. Each method does one thing with each of them, and fails with the first that fails. */
final class DemoClients implements AutoCloseable {

    private static final int MESSAGE = 1000;

    private final int port;
    private final Duration timeout;
    private final List<DemoClient> clients = new ArrayList<>();
    private final List<Double> millisToFirstEcho = new ArrayList<>();

    DemoClients(int port, Duration timeout) {
        this.port = port;
        this.timeout = timeout;
    }

    private DemoClient connect() throws IOException {
        DemoClient client = DemoClient.connect(port, clients.size(), timeout);
        clients.add(client);
        return client;
    }

    /** Connects clients that send at once and wait for nothing. */
    void connectAndSend(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            connect().send(MESSAGE);
        }
    }

    /** Connects clients one after the other, each until it has its first echo. */
    void connectAndConverse(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            long startNanos = System.nanoTime();
            DemoClient client = connect();
            client.send(MESSAGE);
            client.awaitEcho();
            millisToFirstEcho.add((double) (System.nanoTime() - startNanos) / TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    void awaitEchoes() throws IOException {
        for (DemoClient client : clients) {
            client.awaitEcho();
        }
    }

    /** Lets each client send and get back so many bytes. */
    void converse(int length) throws IOException {
        for (DemoClient client : clients) {
            client.converse(length);
        }
    }

    void finish() throws IOException {
        for (DemoClient client : clients) {
            client.finish();
        }
    }

    /** The times that {@link #connectAndConverse} has taken for each client. */
    String timesToFirstEcho() {
        List<Double> sorted = millisToFirstEcho.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "median %.1f ms, longest %.1f ms",
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() - 1));
    }

    @Override
    public void close() throws IOException {
        for (DemoClient client : clients) {
            client.close();
        }
    }
}
