package io.handoff.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A backend that listens on a path, and answers each handoff as its {@link BackendScript} says. It keeps what it receives for
 * the test. May be used from any thread.
 */
public final class ScriptedBackend implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 30;
    private static final int BACKLOG = 1024;

    private final ListeningSocket listening;
    private final Path path;
    private final BackendScript script;
    private final Thread acceptor = new Thread(this::acceptAll, "scripted-backend");
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Queue<ReceivedHandoff> received = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<ReceivedHandoff> untaken = new LinkedBlockingQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean isClosing;

    private ScriptedBackend(ListeningSocket listening, Path path, BackendScript script) {
        this.listening = listening;
        this.path = path;
        this.script = script;
        acceptor.setDaemon(true);
    }

    /**
     * Listens.
     *
     * @param path where no file is yet; it is removed on {@link #close()}
     * @param script what to do with each connection
     * @return the backend
     * @throws IOException if it cannot listen there
     */
    public static ScriptedBackend start(Path path, BackendScript script) throws IOException {
        ScriptedBackend backend = listen(path, BACKLOG, script);
        backend.startAccepting();
        return backend;
    }

    /**
     * Listens, but accepts nobody before {@link #startAccepting}, as a backend that is too busy.
     *
     * @param path where no file is yet; it is removed on {@link #close()}
     * @param backlog so many can connect meanwhile, and one more
     * @param script what to do with each connection
     * @return the backend
     * @throws IOException if it cannot listen there
     */
    public static ScriptedBackend listen(Path path, int backlog, BackendScript script) throws IOException {
        return new ScriptedBackend(ListeningSocket.on(path, backlog), path, script);
    }

    /** Accepts those who have connected, and those who will; once. */
    public void startAccepting() {
        acceptor.start();
    }

    /**
     * Tells where it listens.
     *
     * @return the path
     */
    public Path path() {
        return path;
    }

    /**
     * Waits for the next handoff, which may not be answered yet.
     *
     * @return the oldest handoff that has not been taken
     * @throws InterruptedException if this thread is interrupted
     * @throws AssertionError if none comes within 30 seconds
     */
    public ReceivedHandoff takeHandoff() throws InterruptedException {
        ReceivedHandoff next = untaken.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            AssertionError missing = new AssertionError("no handoff came within " + PATIENCE_SECONDS + " s");
            failures.forEach(missing::addSuppressed);
            throw missing;
        }
        return next;
    }

    /**
     * Counts the handoffs that have come.
     *
     * @return how many, taken or not
     */
    public int handoffCount() {
        return received.size();
    }

    private void acceptAll() {
        try {
            while (!isClosing) {
                BackendConnection connection = new BackendConnection(listening.accept(), this::receive);
                Thread thread = new Thread(() -> serve(connection), "scripted-backend-connection");
                thread.setDaemon(true);
                threads.add(thread);
                thread.start();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private void receive(ReceivedHandoff handoff) {
        received.add(handoff);
        untaken.add(handoff);
    }

    private void serve(BackendConnection connection) {
        try {
            script.serve(connection);
        } catch (Throwable e) {
            fail(e);
        } finally {
            connection.close();
        }
    }

    /** What fails when the backend is closed, fails because of that. */
    private void fail(Throwable failure) {
        if (!isClosing) {
            failures.add(failure);
        }
    }

    /**
     * Stops listening, ends the scripts that still wait for something, and closes the clients' connections that were received.
     *
     * @throws IOException if the file of the socket cannot be removed
     * @throws AssertionError if a script had failed before
     */
    @Override
    public void close() throws IOException {
        isClosing = true;
        acceptor.interrupt();
        join(acceptor);
        for (Thread thread = threads.poll(); thread != null; thread = threads.poll()) {
            thread.interrupt();
            join(thread);
        }
        listening.close();
        received.forEach(handoff -> handoff.client().close());
        if (!failures.isEmpty()) {
            AssertionError failed = new AssertionError("a script failed");
            failures.forEach(failed::addSuppressed);
            throw failed;
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
