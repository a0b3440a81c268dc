package io.handoff.netty.backend;

import io.handoff.netty.adoption.ConnectionAdopter;
import io.handoff.netty.answer.DrainEvent;
import io.handoff.netty.answer.HandoffBackendPipeline;
import io.handoff.netty.answer.HandoffOfferHandler;
import io.handoff.netty.answer.OfferAdmission;
import io.handoff.netty.answer.ReadTurns;
import io.handoff.netty.answer.UnreadAckLimit;
import io.handoff.netty.observe.Observers;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.wire.FrameBudget;
import io.handoff.netty.wire.FrameShares;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Gives each handoff connection that has opened its pipeline, and begins with what was read of it already. */
final class ConnectionInitializer extends ChannelInitializer<Channel> {

    private final HandoffTokens tokens;
    private final ExpectedTokenPolicy expectedTokens;
    private final OfferAdmission admission;
    private final int maxFrameLength;
    private final FrameBudget frameBudget;
    private final @Nullable ConnectionAdopter adopter;
    private final ControlConnections connections;
    private final Observers observers;
    private final Map<EventLoop, ReadTurns> readTurns = new ConcurrentHashMap<>();

    ConnectionInitializer(
            HandoffServerBuilder settings,
            HandoffTokens tokens,
            FrameBudget frameBudget,
            @Nullable ConnectionAdopter adopter,
            ControlConnections connections,
            Observers observers) {
        this.tokens = tokens;
        this.expectedTokens = settings.expectedTokens;
        this.admission = settings.admission;
        this.maxFrameLength = settings.maxFrameLength;
        this.frameBudget = frameBudget;
        this.adopter = adopter;
        this.connections = connections;
        this.observers = observers;
    }

    @Override
    protected void initChannel(Channel connection) {
        Arrival arrival = connection.attr(Arrival.KEY).get();
        EventLoop loop = connection.eventLoop();
        Duration elapsed = Duration.ofNanos(loop.ticker().nanoTime() - arrival.atNanos());
        HandoffOfferHandler offers = new HandoffOfferHandler(
                tokens,
                expectedTokens,
                admission,
                arrival.peer(),
                observers.failures(),
                arrival.refusal(),
                arrival.carried(),
                adopter);
        HandoffFrameDecoder frames =
                new HandoffFrameDecoder(maxFrameLength, new FrameShares(frameBudget), arrival.carried() != null);
        ReadTurns turns = readTurns.computeIfAbsent(loop, each -> new ReadTurns());
        HandoffBackendPipeline.add(connection.pipeline(), frames, turns, arrival.offerTimeout(), elapsed, offers)
                .addLast(new ControlConnectionHandler(arrival, observers));
        if (arrival.carried() == null) {
            connection.pipeline().addFirst(new UnreadAckLimit());
        }
        connections.serve(connection);
        if (arrival.refusal() != null) {
            connection.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE);
        }
        if (arrival.firstBytes().length > 0) {
            connection.pipeline().fireChannelRead(Unpooled.wrappedBuffer(arrival.firstBytes()));
            connection.pipeline().fireChannelReadComplete();
        }
    }
}
