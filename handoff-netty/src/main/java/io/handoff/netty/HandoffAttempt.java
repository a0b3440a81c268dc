package io.handoff.netty;

import io.handoff.netty.HandoffOutcome.Failed;
import io.handoff.netty.HandoffOutcome.Stage;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.Future;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One handoff, from the moment its client stops reading to its outcome: the steps of WIRE §7 on the sending side, in the
 * order of the methods. Last handler of a control connection of its own; confined to the client's event loop, which the
 * control connection shares.
 */
final class HandoffAttempt extends SimpleChannelInboundHandler<HandoffAcceptance> {

    private static final Logger logger = LoggerFactory.getLogger(HandoffAttempt.class);

    private final HandoffBrokerConfig config;
    private final Offer offer;
    private final EventLoop loop;
    private final Consumer<HandoffOutcome> outcome;
    private final HeldClient client;
    private final long deadlineNanos;
    private final Future<?> deadline;

    private @Nullable EpollDomainSocketChannel control;

    /** What the deadline would find unfinished. */
    private Stage stage = Stage.CLIENT_NOT_READY;

    /** From here on nobody knows whether the backend uses the connection, unless it says so. */
    private boolean descriptorSent;

    private boolean over;

    private HandoffAttempt(HandoffBrokerConfig config, Channel client, Offer offer, Consumer<HandoffOutcome> outcome) {
        this.config = config;
        this.offer = offer;
        this.loop = client.eventLoop();
        this.outcome = outcome;
        long timeoutNanos = config.timeout().toNanos();
        this.deadlineNanos = loop.ticker().nanoTime() + timeoutNanos;
        this.deadline = loop.schedule(this::deadlineExceeded, timeoutNanos, TimeUnit.NANOSECONDS);
        this.client = HeldClient.hold(client, this::clientClosed);
    }

    /** Begins a handoff of a client that is ready for it. */
    static void start(HandoffBrokerConfig config, Channel client, Offer offer, Consumer<HandoffOutcome> outcome) {
        new HandoffAttempt(config, client, offer, outcome).drainClient();
    }

    private void drainClient() {
        client.drain().addListener(drained -> step(drained, stage, this::takeClientOut));
    }

    /** Before anything that takes time: a client that ends its side while it is in epoll is read to its end. */
    private void takeClientOut() {
        client.takeOut().addListener(out -> step(out, stage, this::dial));
    }

    private void dial() {
        stage = Stage.CONNECT;
        EpollDomainSocketChannel dialled;
        try {
            dialled = new EpollDomainSocketChannel();
        } catch (ChannelException e) {
            fail(Stage.CONNECT, e);
            return;
        }
        control = dialled;
        HandoffPipeline.addBroker(dialled.pipeline(), offer).addLast(this);
        loop.register(dialled);
        dialled.connect(new DomainSocketAddress(config.backendSocket().toFile()))
                .addListener(connected -> step(connected, Stage.CONNECT, () -> send(dialled)));
    }

    private void send(EpollDomainSocketChannel control) {
        String unfit = client.unfit();
        if (unfit != null) {
            fail(Stage.CLIENT_NOT_READY, new HandoffBrokerException(unfit));
        } else if (!control.isActive()) {
            controlClosed();
        } else {
            sendDescriptor(control);
        }
    }

    private void sendDescriptor(EpollDomainSocketChannel control) {
        byte[] token = offer.token();
        int sent;
        try {
            sent = config.calls().send(control.fd(), token, client.socket());
        } catch (IOException e) {
            fail(Stage.SEND, e);
            return;
        }
        descriptorSent = true;
        stage = Stage.ACK;
        if (sent < token.length) {
            control.write(Unpooled.wrappedBuffer(token, sent, token.length - sent));
        }
        control.writeAndFlush(offer).addListener(written -> step(written, Stage.SEND, () -> {}));
    }

    private void step(Future<?> done, Stage stage, Runnable next) {
        if (over) {
            return;
        }
        if (done.isSuccess()) {
            next.run();
        } else {
            fail(stage, clear(done.cause()));
        }
    }

    /** Netty reports a socket file that does not exist without saying which. */
    private Throwable clear(Throwable cause) {
        return cause instanceof FileNotFoundException
                ? new HandoffBrokerException("no backend at " + config.backendSocket() + ": no such file", cause)
                : cause;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HandoffAcceptance answer) {
        if (over) {
            logger.debug("dropped an ACK that came after the outcome, for {}", offer);
        } else if (!descriptorSent) {
            fail(Stage.CONNECT, new HandoffBrokerException("the backend answered before it was offered anything"));
        } else if (answer instanceof HandoffAcceptance.Accepted accepted) {
            accepted(ctx, accepted);
        } else if (answer instanceof HandoffAcceptance.Rejected rejected) {
            end();
            String detail = rejected.rejection().detail();
            client.goOn(() -> outcome.accept(new HandoffOutcome.Rejected(detail)));
        }
    }

    private void accepted(ChannelHandlerContext ctx, HandoffAcceptance.Accepted answer) {
        end();
        if (config.readyEvent()) {
            ReadyFrame.send(new HandoffReady(answer), ctx, client, deadlineNanos, this::letGoAccepted);
        } else {
            letGoAccepted();
        }
    }

    private void letGoAccepted() {
        client.letGo(() -> outcome.accept(new HandoffOutcome.Accepted()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        // Netty's decoders tell of the end before they tell that it came in the middle of a frame.
        loop.execute(this::controlClosed);
    }

    private void controlClosed() {
        String before = descriptorSent ? "without a HandoffAck" : "before it was offered anything";
        failByBackend(new HandoffBrokerException("the backend closed the connection " + before));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failByBackend(cause);
    }

    private void failByBackend(Throwable cause) {
        fail(descriptorSent ? Stage.ACK : Stage.CONNECT, cause);
    }

    private void clientClosed() {
        // What was sent is the backend's to judge, whatever the program does with its copy.
        if (!descriptorSent) {
            fail(Stage.CLIENT_NOT_READY, new HandoffBrokerException("the client's connection was closed"));
        }
    }

    private void deadlineExceeded() {
        String missed = switch (stage) {
            case CONNECT -> "no connection to the backend was made";
            case ACK -> "no HandoffAck arrived";
            default -> "the bytes written to the client did not leave";
        };
        fail(stage, HandoffWireException.deadlineExceeded(missed, config.timeout()));
    }

    private void fail(Stage stage, Throwable cause) {
        if (over) {
            return;
        }
        end();
        if (descriptorSent) {
            client.letGo(() -> outcome.accept(new Failed(stage, cause, false)));
        } else {
            client.goOn(() -> outcome.accept(new Failed(stage, cause, client.isUsable())));
        }
    }

    private void end() {
        over = true;
        deadline.cancel(false);
        if (control != null) {
            control.close();
        }
    }
}
