package io.handoff.examples.http;

import static org.awaitility.Awaitility.await;

import io.handoff.examples.clients.HttpConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Clients on keep-alive connections, some of which ask as fast as they are answered and some of which have asked once, and one
 * more that connects for each of its requests.
 */
final class Clients implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int port;
    private final List<HttpConnection> busy = new ArrayList<>();
    private final List<HttpConnection> idle = new ArrayList<>();
    private final Map<Object, String> lastAnswers = new ConcurrentHashMap<>();
    private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean isStopped;

    Clients(int port, int busyCount, int idleCount) throws IOException {
        this.port = port;
        for (int i = 0; i < idleCount; i++) {
            HttpConnection connection = new HttpConnection(port);
            idle.add(connection);
            connection.ask("/");
        }
        for (int i = 0; i < busyCount; i++) {
            HttpConnection connection = new HttpConnection(port);
            busy.add(connection);
            threads.execute(() -> repeat(connection, () -> connection.ask("/")));
        }
        threads.execute(() -> repeat(this, this::askOnNewConnection));
    }

    private interface Request {
        String answer() throws IOException;
    }

    private void repeat(Object client, Request request) {
        try {
            while (!isStopped) {
                lastAnswers.put(client, request.answer());
            }
        } catch (IOException e) {
            failures.add(e);
        }
    }

    private String askOnNewConnection() throws IOException {
        try (HttpConnection connection = new HttpConnection(port)) {
            connection.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            return connection.readAnswer();
        }
    }

    /** Waits until the last answer to each of those that ask came from one process, or one has failed. */
    void awaitAnswersOf(String pid) {
        await().atMost(PATIENCE).until(() -> !failures.isEmpty() || areAllAnsweredBy(pid));
    }

    private boolean areAllAnsweredBy(String pid) {
        return lastAnswers.size() == busy.size() + 1
                && lastAnswers.values().stream().allMatch(pid::equals);
    }

    /** Lets those that ask come to the end of their request. */
    void stop() throws InterruptedException {
        isStopped = true;
        threads.shutdown();
        if (!threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("requests are unanswered");
        }
    }

    Queue<Exception> failures() {
        return failures;
    }

    /** Who serves each of the idle connections. */
    List<String> askIdle() throws IOException {
        List<String> answers = new ArrayList<>();
        for (HttpConnection connection : idle) {
            answers.add(connection.ask("/"));
        }
        return answers;
    }

    @Override
    public void close() throws IOException {
        isStopped = true;
        threads.shutdownNow();
        for (HttpConnection connection : busy) {
            connection.close();
        }
        for (HttpConnection connection : idle) {
            connection.close();
        }
    }
}
