package io.handoff.netty.pool;

import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.broker.HandoffRoute;
import io.handoff.netty.pool.PoolOutcome.Attempt;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.Offer;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The way of one client through a pool. Confined to the client's event loop. */
final class PoolRoute implements HandoffRoute<PoolOutcome> {

    private final Channel client;
    private final Members members;
    private final BooleanSupplier isClosed;
    private final Function<HandoffToken, Offer> offers;
    private final Set<Member> tried = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Attempt> attempts = new ArrayList<>();
    private @Nullable Running running;

    private record Running(Member member, long startedAtNanos) {}

    PoolRoute(Channel client, Members members, BooleanSupplier isClosed, Function<HandoffToken, Offer> offers) {
        this.client = client;
        this.members = members;
        this.isClosed = isClosed;
        this.offers = offers;
    }

    @Override
    public @Nullable Leg next(@Nullable HandoffOutcome before) {
        long now = now();
        Member next = isClosed.getAsBoolean() ? null : members.choose(tried, now);
        if (next == null) {
            return null;
        }
        if (before != null) {
            ended(before, now);
        }
        running = new Running(next, now);
        return new Leg(next.destination(), offers.apply(HandoffToken.random()));
    }

    private long now() {
        return client.eventLoop().ticker().nanoTime();
    }

    private void ended(HandoffOutcome outcome, long nowNanos) {
        if (running != null) {
            Duration duration = Duration.ofNanos(nowNanos - running.startedAtNanos);
            attempts.add(new Attempt(running.member.path(), outcome, duration));
            running = null;
        }
    }

    @Override
    public String whyNowhere() {
        return isClosed.getAsBoolean() ? "the pool is closed" : members.whyNone();
    }

    @Override
    public PoolOutcome told(HandoffOutcome outcome) {
        if (running != null) {
            ended(outcome, now());
        }
        return new PoolOutcome(attempts, outcome);
    }
}
