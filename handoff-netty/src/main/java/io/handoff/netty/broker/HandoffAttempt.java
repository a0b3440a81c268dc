package io.handoff.netty.broker;

import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.Offer;
import io.handoff.netty.wire.WireErrors;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to hand a held client to one backend: the steps of WIRE §7 on the sending side, in the order of the methods. Confined
 * to the client's event loop, which the control connection shares.
 *
 * <p>Every step runs inside of the {@link Conclusion} of the handoff, until the attempt has ended.
 */
final class HandoffAttempt implements AckHandler.Exchange {

    private static final Logger logger = LoggerFactory.getLogger(HandoffAttempt.class);

    private static final long FIRST_RETRY_MILLIS = 5;
    private static final long MAX_RETRY_MILLIS = 100;

    private final HandoffBrokerConfig config;
    private final Offer offer;
    private final byte[] frame;
    private final Of handoff;
    private final EventLoop loop;
    private final HeldClient client;
    private final Conclusion conclusion;
    private long connectDeadlineNanos;

    private @Nullable EpollDomainSocketChannel control;
    private long retryMillis = FIRST_RETRY_MILLIS;

    /** What the deadline would find unfinished. */
    private Stage stage;

    /** From here on nobody knows whether the backend uses the connection, unless it says so. */
    private boolean descriptorSent;

    private boolean hasEnded;

    /** The handoff that an attempt is of, and who is told if it has left the client as it was. */
    record Of(
            EventLoop loop,
            HeldClient client,
            Conclusion conclusion,
            Duration timeout,
            long deadlineNanos,
            Consumer<HandoffOutcome> untouched) {}

    HandoffAttempt(HandoffBrokerConfig config, Offer offer, byte[] frame, Of handoff, Stage stage) {
        this.config = config;
        this.offer = offer;
        this.frame = frame;
        this.handoff = handoff;
        this.loop = handoff.loop;
        this.client = handoff.client;
        this.conclusion = handoff.conclusion;
        this.stage = stage;
    }

    /** Begins, with a client that is out of epoll. */
    void begin() {
        connectDeadlineNanos =
                loop.ticker().nanoTime() + config.connectTimeout().toNanos();
        dial();
    }

    private void dial() {
        stage = Stage.CONNECT;
        EpollDomainSocketChannel dialled;
        try {
            dialled = config.calls().newUnixSocket().transferTo(made -> new EpollDomainSocketChannel(made, false));
        } catch (IOException | ChannelException e) {
            fail(Stage.CONNECT, SystemRefusal.ofSocket(e));
            return;
        }
        control = dialled;
        HandoffBrokerPipeline.add(dialled.pipeline(), offer).addLast(new AckHandler(this));
        // So it enters epoll with what it wants when it is connected, and need not be changed there afterwards.
        dialled.unsafe().beginRead();
        loop.register(dialled).addListener(registered -> whileUnderWay(() -> connect(registered, dialled)));
    }

    private void connect(Future<?> registered, EpollDomainSocketChannel control) {
        if (!registered.isSuccess()) {
            fail(Stage.CONNECT, SystemRefusal.ofSocket(registered.cause()));
            return;
        }
        control.connect(new DomainSocketAddress(config.backendSocket().toFile()))
                .addListener(connected -> whileUnderWay(() -> connected(connected, control)));
    }

    private void connected(Future<?> connected, EpollDomainSocketChannel control) {
        if (connected.isSuccess()) {
            stage = Stage.SEND;
            send(control);
        } else if (SystemRefusal.isFullBacklog(connected.cause())) {
            control.close();
            later(this::dial);
        } else {
            fail(Stage.CONNECT, SystemRefusal.ofConnect(config.backendSocket(), connected.cause()));
        }
    }

    private void send(EpollDomainSocketChannel control) {
        String unfit = client.unfit();
        if (unfit != null) {
            fail(Stage.CLIENT_NOT_READY, HandoffBrokerException.here(unfit));
        } else if (!control.isActive()) {
            controlClosed();
        } else {
            sendDescriptor(control);
        }
    }

    private void sendDescriptor(EpollDomainSocketChannel control) {
        byte[] token = offer.token().toBytes();
        // Before the descriptor: memory that runs out here costs nobody a client.
        ByteBuf bytes = control.alloc().ioBuffer(token.length + frame.length);
        try {
            int sent = client.pass(control.fd(), token);
            if (sent == 0) {
                later(() -> send(control));
                return;
            }
            descriptorSent = true;
            stage = Stage.ACK;
            bytes.writeBytes(token, sent, token.length - sent).writeBytes(frame);
            control.writeAndFlush(bytes.retain()).addListener(written -> whileUnderWay(() -> offered(written)));
        } catch (IOException e) {
            fail(Stage.SEND, SystemRefusal.ofSend(e));
        } finally {
            bytes.release();
        }
    }

    private void offered(Future<?> written) {
        if (!written.isSuccess()) {
            fail(Stage.SEND, explained(written.cause()));
        }
    }

    @Override
    public void answered(HandoffAnswer answer) {
        if (hasEnded || conclusion.isDecided()) {
            logger.debug("dropped an ACK that came after the outcome, for {}", offer);
        } else {
            conclusion.guarded(() -> heed(answer));
        }
    }

    private void heed(HandoffAnswer answer) {
        if (!descriptorSent) {
            String early = "the backend answered before it was offered anything";
            fail(Stage.CONNECT, HandoffBrokerException.byBackend(early));
            return;
        }
        closeControl();
        if (answer instanceof HandoffAnswer.Rejected rejected) {
            untouched(new Rejected(rejected.rejection().detail()));
        } else if (answer instanceof HandoffAnswer.Accepted accepted && isShort(accepted)) {
            conclusion.leave(stateLost(accepted.taken()));
        } else if (answer instanceof HandoffAnswer.Accepted accepted && config.readyEvent()) {
            conclusion.decide(new Accepted());
            Runnable then = () -> conclusion.guarded(() -> conclusion.leave(new Accepted()));
            ReadyFrame.send(accepted, loop, client, handoff.deadlineNanos, then);
        } else {
            conclusion.leave(new Accepted());
        }
    }

    private boolean isShort(HandoffAnswer.Accepted accepted) {
        return offer.carriedBytes() > 0 && accepted.taken() != offer.carriedBytes();
    }

    /** A backend that knows the extension takes everything or rejects. The connection is its own all the same. */
    private Failed stateLost(long taken) {
        String broken = "the backend accepted the connection and took " + Long.toUnsignedString(taken)
                + " bytes that travelled with it; expected " + offer.carriedBytes();
        logger.error("what travelled with a connection is lost, for {}: {}", offer, broken);
        return new Failed(Stage.STATE_LOST, HandoffBrokerException.byBackend(broken), false);
    }

    @Override
    public void controlClosed() {
        whileUnderWay(() -> failByBackend(HandoffBrokerException.byBackend(closedByBackend())));
    }

    @Override
    public void controlFailed(Throwable cause) {
        whileUnderWay(() -> failByBackend(explained(cause)));
    }

    private void failByBackend(Throwable cause) {
        fail(descriptorSent ? Stage.ACK : Stage.CONNECT, cause);
    }

    private Throwable explained(Throwable cause) {
        return SystemRefusal.isClosedByPeer(cause)
                ? HandoffBrokerException.byBackend(closedByBackend() + ": " + cause.getMessage(), cause)
                : cause;
    }

    private String closedByBackend() {
        return "the backend closed the connection "
                + (descriptorSent ? "without a HandoffAck" : "before it was offered anything");
    }

    void clientClosed() {
        // What was sent is the backend's to judge, whatever the program does with its copy.
        if (!descriptorSent) {
            fail(Stage.CLIENT_NOT_READY, HandoffBrokerException.here("the client's connection was closed"));
        }
    }

    void deadlineExceeded() {
        deadlineExceeded(handoff.timeout);
    }

    private void deadlineExceeded(Duration time) {
        String missed = switch (stage) {
            case CONNECT -> "no connection to the backend was made";
            case SEND -> "no room for the descriptor was found in the socket to the backend";
            case ACK -> "no HandoffAck arrived";
            default -> "the bytes written to the client did not leave";
        };
        fail(stage, WireErrors.deadlineExceeded(missed, time));
    }

    private void later(Runnable step) {
        if (loop.ticker().nanoTime() - connectDeadlineNanos >= 0) {
            deadlineExceeded(config.connectTimeout());
            return;
        }
        loop.schedule(() -> whileUnderWay(step), retryMillis, TimeUnit.MILLISECONDS);
        retryMillis = Math.min(2 * retryMillis, MAX_RETRY_MILLIS);
    }

    private void whileUnderWay(Runnable step) {
        conclusion.whileUndecided(() -> {
            if (!hasEnded) {
                step.run();
            }
        });
    }

    /** Ends it, at the step that it is at. */
    void fail(Throwable cause) {
        fail(stage, cause);
    }

    private void fail(Stage stage, Throwable cause) {
        Failed failed = new Failed(stage, cause, !descriptorSent);
        if (descriptorSent) {
            conclusion.decide(failed);
            closeControl();
            conclusion.leave(failed);
        } else {
            untouched(failed);
        }
    }

    private void untouched(HandoffOutcome outcome) {
        hasEnded = true;
        closeControl();
        handoff.untouched.accept(outcome);
    }

    private void closeControl() {
        if (control != null) {
            control.close();
        }
    }
}
