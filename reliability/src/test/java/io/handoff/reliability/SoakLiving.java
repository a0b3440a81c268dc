package io.handoff.reliability;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;

/** Clients that stay for a while once they have been handed off: each new one sends the oldest away. Safe from any thread. */
final class SoakLiving implements AutoCloseable {

    private final int capacity;
    private final Queue<SoakClient> clients = new ArrayDeque<>();

    SoakLiving(int capacity) {
        this.capacity = capacity;
    }

    /** Takes a client over; the oldest one is served to the last. */
    void add(SoakClient client) throws IOException {
        SoakClient oldest = addAndPoll(client);
        if (oldest != null) {
            dismiss(oldest);
        }
    }

    private synchronized SoakClient addAndPoll(SoakClient client) {
        clients.add(client);
        return clients.size() > capacity ? clients.poll() : null;
    }

    private static void dismiss(SoakClient client) throws IOException {
        try (client) {
            client.speak().expectEcho();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        for (SoakClient client = clients.poll(); client != null; client = clients.poll()) {
            dismiss(client);
        }
    }
}
