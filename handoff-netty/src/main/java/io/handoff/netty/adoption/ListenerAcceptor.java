package io.handoff.netty.adoption;

import io.handoff.netty.wire.Rejections;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Has a listening channel of the program's accept: fires each connection up the pipeline of that channel, on its event loop, where the
 * program's acceptor takes it for one that was accepted there.
 */
final class ListenerAcceptor implements ChildAcceptor {

    /** A {@code ServerBootstrap} pauses for one second after a failure; a broker that waits longer may give up. */
    private static final Duration PATIENCE = Duration.ofMillis(1200);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final ServerChannel listener;

    ListenerAcceptor(ServerChannel listener) {
        this.listener = listener;
    }

    @Override
    public ServerChannel parent() {
        return listener;
    }

    @Override
    public EventLoop loopFor(EventLoop control) {
        return listener.eventLoop();
    }

    @Override
    public void accept(AdoptionGate gate, AdoptedChannel child) {
        if (!listener.isActive()) {
            gate.fail(new AdoptionRefusedException(Rejections.LISTENER_CLOSED));
        } else if (listener.config().isAutoRead()) {
            fire(gate, child);
        } else if (listener.eventLoop().ticker().nanoTime() - gate.beganAtNanos() > PATIENCE.toNanos()) {
            gate.fail(new AdoptionRefusedException(Rejections.LISTENER_PAUSED));
        } else if (gate.isBeingSetUp()) {
            listener.eventLoop().schedule(() -> accept(gate, child), BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void fire(AdoptionGate gate, AdoptedChannel child) {
        if (!gate.begin()) {
            return;
        }
        listener.pipeline().fireChannelRead(child);
        listener.pipeline().fireChannelReadComplete();
        EventLoop worker = child.chosenLoop();
        if (worker != null) {
            gate.livesOn(worker);
        } else {
            gate.fail(new IllegalStateException("nothing in the pipeline of " + listener
                    + " has registered the channel; expected the acceptor of a ServerBootstrap"));
        }
    }

    /** The listener is the program's. */
    @Override
    public void close() {}
}
