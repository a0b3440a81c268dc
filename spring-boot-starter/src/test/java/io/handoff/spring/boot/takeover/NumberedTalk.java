package io.handoff.spring.boot.takeover;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that sends the numbers 1, 2, 3 … as messages, several ahead of their answers and in pieces of any length, and looks at every answer: a
 * message that is lost, doubled or out of order is not the one that is due. Two threads of its own.
 */
final class NumberedTalk {

    private static final int AHEAD = 5;

    private final RawWebSocket client;
    private final Semaphore ahead = new Semaphore(AHEAD);
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicBoolean isEnding = new AtomicBoolean();
    private final CompletableFuture<Void> sender = new CompletableFuture<>();
    private final CompletableFuture<Integer> end = new CompletableFuture<>();

    private NumberedTalk(RawWebSocket client) {
        this.client = client;
    }

    static NumberedTalk begin(RawWebSocket client) {
        NumberedTalk talk = new NumberedTalk(client);
        new Thread(talk::send, "sender").start();
        new Thread(talk::receive, "receiver").start();
        return talk;
    }

    private void send() {
        try {
            while (!isEnding.get()) {
                ahead.acquire();
                sendPieces(RawWebSocket.text(String.valueOf(sent.incrementAndGet())));
            }
            sender.complete(null);
        } catch (IOException | InterruptedException e) {
            sender.completeExceptionally(e);
        }
    }

    private void sendPieces(byte[] frame) throws IOException {
        int cut = ThreadLocalRandom.current().nextInt(frame.length + 1);
        client.write(frame, 0, cut);
        client.write(frame, cut, frame.length);
    }

    private void receive() {
        try {
            while (!(sender.isDone() && answered.get() == sent.get())) {
                int due = answered.get() + 1;
                String answer = client.read();
                if (!answer.equals(due + " " + due)) {
                    throw new IOException("answer " + answer + "; expected " + due);
                }
                answered.incrementAndGet();
                ahead.release();
            }
            end.complete(answered.get());
        } catch (Throwable e) {
            isEnding.set(true);
            ahead.release();
            end.completeExceptionally(e);
        }
    }

    boolean hasFailed() {
        return end.isCompletedExceptionally();
    }

    /** How many messages were answered until now. */
    int answered() {
        return answered.get();
    }

    /** Says no more. Completed with how many messages there were once each is answered, or with what was wrong. */
    CompletableFuture<Integer> end() {
        isEnding.set(true);
        return end;
    }
}
