package io.handoff.netty.broker;

import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The outcome that a program waits for: it comes once, also where the client's event loop ends before anybody could tell
 * it, and its listeners hear of it also where that loop runs no more.
 *
 * <p>Told on the event loop, or after its end.
 */
final class OutcomePromise<R> extends DefaultPromise<R> {

    private final EventLoop loop;
    private final Function<HandoffOutcome, R> told;
    private final GenericFutureListener<Future<Object>> loopEnded = ended -> loopEnded();
    private @Nullable Consumer<HandoffOutcome> account;

    OutcomePromise(EventLoop loop, Function<HandoffOutcome, R> told) {
        super(loop);
        this.loop = loop;
        this.told = told;
        setUncancellable();
        loop.terminationFuture().addListener(loopEnded);
    }

    /** Has the outcome of an attempt accounted before anybody can know it: whoever waits for it may try again at once. */
    void accountWith(Consumer<HandoffOutcome> account) {
        this.account = account;
    }

    /** Accounts an attempt that has ended, where the handoff goes on. */
    void account(HandoffOutcome outcome) {
        Consumer<HandoffOutcome> open = account;
        account = null;
        if (open != null) {
            open.accept(outcome);
        }
    }

    /** Only the first one is heeded. */
    void tell(HandoffOutcome outcome) {
        if (isDone()) {
            return;
        }
        try {
            account(outcome);
        } finally {
            trySuccess(told.apply(outcome));
            loop.terminationFuture().removeListener(loopEnded);
        }
    }

    private void loopEnded() {
        tell(new Failed(
                Stage.CLIENT_NOT_READY,
                HandoffBrokerException.here("the client's event loop has ended during the handoff"),
                false));
    }

    @Override
    protected EventExecutor executor() {
        return loop.inEventLoop() || !loop.isShuttingDown() ? loop : GlobalEventExecutor.INSTANCE;
    }
}
