package io.handoff.examples.clients;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that send their requests byte by byte, each on a keep-alive connection, until SIGTERM. A request that is begun is
 * lost if it is not answered with 200; its client then goes on with a new connection.
 */
final class SlowClients {

    private static final long PAUSE_MILLIS = 5;

    /** For the last requests. */
    private static final long PATIENCE_SECONDS = 60;

    private static final int ANSWERS_A_LINE = 100;

    private final int port;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile boolean isStopped;

    private SlowClients(int port) {
        this.port = port;
    }

    /** Takes the server's port, and the number of clients. */
    public static void main(String[] args) {
        SlowClients clients = new SlowClients(Integer.parseInt(args[0]));
        int count = Integer.parseInt(args[1]);
        ExecutorService threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            threads.execute(clients::ask);
        }
        threads.shutdown();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> clients.stop(threads)));
    }

    private void ask() {
        while (!isStopped) {
            try (HttpConnection connection = new HttpConnection(port)) {
                while (!isStopped) {
                    sendSlowly(connection, HttpConnection.get("/"));
                    connection.readAnswer();
                    countAnswer();
                }
            } catch (IOException e) {
                lost.incrementAndGet();
                System.out.println("lost: " + e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void sendSlowly(HttpConnection connection, String text) throws IOException, InterruptedException {
        for (int i = 0; i < text.length(); i++) {
            connection.send(text.substring(i, i + 1));
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private void countAnswer() {
        long count = answered.incrementAndGet();
        if (count % ANSWERS_A_LINE == 0) {
            System.out.println(count + " answered");
        }
    }

    private void stop(ExecutorService threads) {
        isStopped = true;
        try {
            if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.out.println("lost: requests that are still unanswered");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.println(answered + " requests answered, " + lost + " lost");
    }
}
