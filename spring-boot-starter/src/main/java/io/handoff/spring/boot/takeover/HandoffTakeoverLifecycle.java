package io.handoff.spring.boot.takeover;

import io.handoff.netty.takeover.HandoffTakeoverBuilder;
import io.handoff.netty.takeover.TakeoverReport;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.FutureListener;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/** Moves the WebSockets when the application stops: behind the end of the handoff socket, before the web server shuts down. */
final class HandoffTakeoverLifecycle implements SmartLifecycle {

    /** Between the two. */
    static final int PHASE = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;

    private static final Logger logger = LoggerFactory.getLogger(HandoffTakeoverLifecycle.class);

    private final HandoffTakeoverBuilder takeover;
    private final ChannelGroup connections;
    private volatile boolean running;

    HandoffTakeoverLifecycle(HandoffTakeoverBuilder takeover, ChannelGroup connections) {
        this.takeover = takeover;
        this.connections = connections;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        if (connections.isEmpty()) {
            callback.run(); // There is nobody to wait for the successor for.
            return;
        }
        takeover.start().report().addListener((FutureListener<TakeoverReport>) ended -> {
            warnOfLeft(ended.getNow());
            callback.run();
        });
    }

    private static void warnOfLeft(TakeoverReport report) {
        if (report.left() + report.lost() > 0) {
            logger.warn(
                    "{} WebSockets have not moved to the successor, and {} are lost: {} {}",
                    report.left(),
                    report.lost(),
                    report.end(),
                    report.problem());
        }
    }

    @Override
    public void stop() {
        CountDownLatch stopped = new CountDownLatch(1);
        stop(stopped::countDown);
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** As the web server is not. */
    @Override
    public boolean isPauseable() {
        return false;
    }
}
