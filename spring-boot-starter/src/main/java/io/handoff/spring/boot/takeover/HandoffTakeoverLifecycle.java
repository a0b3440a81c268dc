package io.handoff.spring.boot.takeover;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.takeover.HandoffTakeover;
import io.handoff.netty.takeover.TakeoverReport;
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

    private final HandoffTakeoverProperties properties;
    private final HandoffBroker successor;
    private final MovableWebSockets webSockets;
    private final WebSocketDeparture departure;
    private volatile boolean running;

    HandoffTakeoverLifecycle(
            HandoffTakeoverProperties properties,
            HandoffBroker successor,
            MovableWebSockets webSockets,
            WebSocketDeparture departure) {
        this.properties = properties;
        this.successor = successor;
        this.webSockets = webSockets;
        this.departure = departure;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        if (webSockets.connections().isEmpty()) {
            callback.run(); // There is nobody to wait for the successor for.
            return;
        }
        HandoffTakeover.builder(successor, webSockets.connections())
                .departure(connection -> MovableWebSockets.stateOf(connection, departure))
                .atOnce(properties.getAtOnce())
                .retryAfter(properties.getRetryAfter())
                .awaitSuccessor(properties.getAwaitSuccessor())
                .deadline(properties.getDeadline())
                .start()
                .report()
                .addListener((FutureListener<TakeoverReport>) ended -> {
                    tell(ended.getNow());
                    callback.run();
                });
    }

    private void tell(TakeoverReport report) {
        if (report.left() + report.lost() == 0) {
            logger.info("Moved {} WebSockets to {}", report.moved(), successor.backendSocket());
        } else {
            logger.warn(
                    "Moved {} WebSockets to {}; {} are left, {} are lost ({}): {}",
                    report.moved(),
                    successor.backendSocket(),
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
