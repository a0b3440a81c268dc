package io.handoff.reliability.soak;

import io.handoff.reliability.RawClient;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;

/** Clients that stay for a while once they have been handed off: each new one sends the oldest away. Safe from any thread. */
final class SoakLiving implements AutoCloseable {

    private final int capacity;
    private final Queue<RawClient> clients = new ArrayDeque<>();

    SoakLiving(int capacity) {
        this.capacity = capacity;
    }

    /** Takes a client over; the oldest one is served to the last. */
    void add(RawClient client) throws IOException {
        RawClient oldest = addAndPoll(client);
        if (oldest != null) {
            dismiss(oldest);
        }
    }

    private synchronized RawClient addAndPoll(RawClient client) {
        clients.add(client);
        return clients.size() > capacity ? clients.poll() : null;
    }

    private static void dismiss(RawClient client) throws IOException {
        try (client) {
            client.speak().expectEcho();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        for (RawClient client = clients.poll(); client != null; client = clients.poll()) {
            dismiss(client);
        }
    }
}
