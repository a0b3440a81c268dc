package io.handoff.benchmarks.load;

import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.token.HandoffToken;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.concurrent.FutureListener;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link LoadMode#BROKER}: the library's own broker hands a connection over; the client's part comes after that. */
final class BrokerCycle extends Cycle {

    private final long correlationId;
    private final Echo echo = new Echo();
    private @Nullable PolledSocket client;
    private @Nullable Channel handedOff;

    BrokerCycle(LoadContext context, int slot) {
        super(context);
        this.correlationId = LoadTokens.correlationId(slot);
    }

    @Override
    void begin() throws IOException {
        waitingSince(System.nanoTime());
        LibcCalls.Pair pair = context().libc().newPair();
        client = new PolledSocket(pair.kept(), this, this::echoReadable);
        EpollDomainSocketChannel channel =
                new EpollDomainSocketChannel(pair.passed().intValue());
        channel.config().setOption(ChannelOption.AUTO_READ, false);
        handedOff = channel;
        EventLoop loop = context().loop();
        loop.register(channel);
        context()
                .broker()
                .handOff(channel, SlotFrames.SERVICE, HandoffToken.random(), correlationId)
                .addListener((FutureListener<HandoffOutcome>) done -> run(() -> handedOff(channel, done.getNow())));
    }

    private void handedOff(Channel channel, HandoffOutcome outcome) throws IOException {
        if (channel != handedOff) {
            // The answer has come too late, or the run is over.
            return;
        }
        if (outcome instanceof Rejected rejected) {
            throw new IOException("rejected: " + rejected.detail());
        }
        if (outcome instanceof Failed failed) {
            throw new IOException(failed.stage() + ": " + failed.cause().getMessage());
        }
        handedOff = null;
        echo.send(client().fd());
        client().awaitInput(context().loop());
    }

    private void echoReadable() throws IOException {
        if (echo.receive(client().fd())) {
            complete();
        }
    }

    private PolledSocket client() {
        return Objects.requireNonNull(client, "begin() has made it");
    }

    @Override
    void close() {
        Channel open = handedOff;
        if (open != null) {
            // Its handoff is told at once.
            handedOff = null;
            open.close();
        }
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
