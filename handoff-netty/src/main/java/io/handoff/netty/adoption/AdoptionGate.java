package io.handoff.netty.adoption;

import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One adoption, from its beginning until the connection is the program's or nobody's. Once it {@link #adopted} the
 * connection, it ends by {@link #open} or by {@link #abandon}, whichever comes first. Safe from any thread. Not API.
 */
public final class AdoptionGate {

    private enum State {
        /** For its worker; the channel is made, and has not touched its connection. */
        WAITING,
        /** The worker makes the channel and runs the program's initializer. */
        SETTING_UP,
        /** The worker puts the channel into epoll, which has to make its socket non-blocking: the one thing that shows outside. */
        ENTERING,
        /** The channel is set up, and held. */
        SHUT,
        /** The broker knows; the channel is being released. */
        OPEN,
        /** Closed, or about to be. */
        GONE
    }

    private final EventLoop control;
    private final long beganAtNanos;
    private final Consumer<EventLoop> whenMoved;
    private final Consumer<AdoptionGate> whenEnded;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final Promise<AdoptionGate> adopted = ImmediateEventExecutor.INSTANCE.newPromise();
    private final GateFront front = new GateFront(this::isBeingSetUp, this::setUpEnded);

    /** Where the channel is accepted; then the one that it is registered with. */
    private volatile EventLoop worker;

    /** Whoever changes the state may close it; while it is set up, its worker. Null where there was none to be had. */
    private volatile @Nullable AdoptedChannel channel;

    AdoptionGate(
            EventLoop control, EventLoop acceptor, Consumer<EventLoop> whenMoved, Consumer<AdoptionGate> whenEnded) {
        this.control = control;
        this.worker = acceptor;
        this.whenMoved = whenMoved;
        this.whenEnded = whenEnded;
        this.beganAtNanos = control.ticker().nanoTime();
    }

    EventLoop control() {
        return control;
    }

    EventLoop worker() {
        return worker;
    }

    long beganAtNanos() {
        return beganAtNanos;
    }

    boolean isBeingSetUp() {
        State now = state.get();
        return now == State.WAITING || now == State.SETTING_UP || now == State.ENTERING;
    }

    /**
     * Tells how the adoption comes out.
     *
     * @return completed, on any thread, when the connection has been adopted. It fails if the connection cannot be adopted: then
     *     the descriptor has been closed, and the connection behind it is as it came
     */
    public Future<AdoptionGate> adopted() {
        return adopted;
    }

    /**
     * Tells whether an acceptance would be followed by service.
     *
     * @return whether the connection is adopted, and its event loop goes on
     */
    public boolean isReady() {
        return state.get() == State.SHUT && !worker.isShuttingDown();
    }

    /**
     * Says why a connection that has been adopted is not {@link #isReady ready}.
     *
     * @return the reason, for the log
     */
    public static Throwable shutDown() {
        return new IllegalStateException("the event loops of adopted connections are shut down");
    }

    /** The broker knows: the connection is the program's from now on. */
    public void open() {
        if (state.compareAndSet(State.SHUT, State.OPEN)) {
            onWorker(this::release);
        }
    }

    /** The broker may not know: the connection must be nobody's. Does nothing once it is open. */
    public void abandon() {
        State now = state.get();
        // As it is with each one whose handoff connection closes when it has done its work: an exception would be made
        // for nothing.
        if (now != State.OPEN && now != State.GONE) {
            fail(abandoned());
        }
    }

    /** On the worker: whether it may be set up still. */
    boolean begin() {
        return state.compareAndSet(State.WAITING, State.SETTING_UP);
    }

    /** Tells where the channel is registered, or about to be. */
    void livesOn(EventLoop worker) {
        if (this.worker != worker) {
            this.worker = worker;
            whenMoved.accept(worker);
        }
    }

    /** Takes the channel over, which is not registered yet. */
    void take(AdoptedChannel channel) {
        this.channel = channel;
        channel.pipeline().addLast(front);
        if (state.get() == State.GONE) {
            // Ended while there was nothing to close.
            close();
        }
    }

    /** The channel has closed before it was released. While it is set up, the program's initializer has closed it. */
    void closedEarly() {
        if (isBeingSetUp()) {
            fail(initializerFailed());
        }
    }

    void fail(Throwable cause) {
        State before = state.getAndUpdate(now -> now == State.OPEN ? now : State.GONE);
        switch (before) {
            case WAITING -> close();
            case SETTING_UP -> {
                if (worker.inEventLoop()) {
                    close();
                }
            }
            case SHUT -> onWorker(this::close);
            // The worker is about to see it, and has to give the connection back before anybody is told.
            case ENTERING, OPEN, GONE -> {
                return;
            }
        }
        ended(cause);
    }

    private void ended(Throwable cause) {
        whenEnded.accept(this);
        adopted.tryFailure(cause);
    }

    void loopEnded(EventLoop loop) {
        if (loop == worker) {
            fail(new IllegalStateException("the event loop of the adopted connection has ended"));
            closeAfterItsLoop();
            whenEnded.accept(this);
        } else if (loop == control) {
            abandon();
        }
    }

    /** On the worker, when the program's initializer has run. */
    private void setUpEnded(AdoptedChannel channel) {
        livesOn(channel.eventLoop());
        if (!state.compareAndSet(State.SETTING_UP, State.ENTERING)) {
            close();
            return;
        }
        Throwable failure = enterEpoll(channel);
        if (failure == null && state.compareAndSet(State.ENTERING, State.SHUT)) {
            adopted.trySuccess(this);
        } else {
            state.set(State.GONE);
            close();
            ended(failure == null ? abandoned() : failure);
        }
    }

    private @Nullable Throwable enterEpoll(AdoptedChannel channel) {
        if (front.failure() != null || !channel.isOpen()) {
            return initializerFailed();
        }
        try {
            channel.enterEpoll(worker == control);
            return null;
        } catch (IOException | RuntimeException e) {
            return e;
        }
    }

    private ChannelException initializerFailed() {
        return new ChannelException("the initializer of adopted connections failed", front.failure());
    }

    private static Throwable abandoned() {
        return new IllegalStateException("the adoption was abandoned");
    }

    private void release() {
        try {
            AdoptedChannel channel = this.channel;
            if (channel != null && channel.isOpen()) {
                if (channel.pipeline().context(front) != null) {
                    channel.pipeline().remove(front);
                }
                releaseOrClose(channel);
            }
        } finally {
            whenEnded.accept(this);
        }
    }

    /** Its broker has let go: whatever a system call or a handler of the program does here, nobody may wait at it for good. */
    private static void releaseOrClose(AdoptedChannel channel) {
        try {
            channel.release();
        } catch (Throwable e) {
            channel.unsafe().close(channel.newPromise());
            throw e;
        }
    }

    private void close() {
        AdoptedChannel channel = this.channel;
        if (channel == null) {
            return;
        }
        if (channel.isRegistered()) {
            channel.unsafe().close(channel.newPromise());
        } else if (channel.isOpen()) {
            channel.unsafe().closeForcibly();
        }
    }

    private void onWorker(Runnable task) {
        try {
            worker.execute(task);
        } catch (RejectedExecutionException e) {
            closeAfterItsLoop();
        }
    }

    private void closeAfterItsLoop() {
        AdoptedChannel channel = this.channel;
        if (channel != null && worker.isTerminated()) {
            channel.closeAfterItsLoop();
        }
    }
}
