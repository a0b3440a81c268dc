package io.handoff.netty.adoption;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;

/** Accepts as a {@code ServerBootstrap} with a child group and a child handler would. */
final class BootstrapAcceptor implements ChildAcceptor {

    private final NominalServerChannel parent = new NominalServerChannel();
    private final EventLoopGroup workers;
    private final ChannelHandler initializer;
    private final boolean staysOnLoop;

    /**
     * Takes where connections are adopted into.
     *
     * @param controlLoops the event loops of the handoff connections. If they are the workers, a connection stays on the
     *     loop that its handoff came on: each change of thread would take longer than all else, and handoffs are spread
     *     over the loops already
     */
    BootstrapAcceptor(EventLoopGroup controlLoops, EventLoopGroup workers, ChannelHandler initializer) {
        this.workers = workers;
        this.initializer = initializer;
        this.staysOnLoop = controlLoops == workers;
        controlLoops.register(parent);
    }

    @Override
    public ServerChannel parent() {
        return parent;
    }

    @Override
    public EventLoop loopFor(EventLoop control) {
        return staysOnLoop ? control : workers.next();
    }

    @Override
    public void accept(AdoptionGate gate, AdoptedChannel child) {
        if (!gate.begin()) {
            return;
        }
        EventLoop worker = gate.worker();
        if (worker.isShuttingDown()) {
            gate.fail(AdoptionGate.shutDown());
            return;
        }
        child.pipeline().addLast(initializer);
        worker.register(child).addListener(registered -> {
            if (!registered.isSuccess()) {
                gate.fail(registered.cause());
            }
        });
    }

    @Override
    public void close() {
        parent.close();
    }
}
