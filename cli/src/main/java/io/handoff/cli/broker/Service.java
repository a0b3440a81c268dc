package io.handoff.cli.broker;

import io.handoff.cli.config.LimitsConfig;
import io.handoff.cli.config.ServiceConfig;
import io.handoff.cli.config.ServiceConfig.Backends;
import io.handoff.netty.broker.HandoffBrokerMetrics;
import io.handoff.netty.pool.HandoffPool;
import io.handoff.netty.pool.HandoffPoolBuilder;

/**
 * A service with its backends.
 *
 * @param name as backends are told
 * @param config its settings
 * @param limits those of the broker, of which its pool was made
 * @param handOffs hands clients to its backends
 * @param metrics the counts of its handoffs
 */
record Service(
        String name, ServiceConfig config, LimitsConfig limits, HandOffs handOffs, HandoffBrokerMetrics metrics) {

    /** A service with a pool of its own. */
    static Service of(String name, ServiceConfig config, LimitsConfig limits) {
        HandoffPool pool = builder(config.backends())
                .timeout(config.timeout())
                .readyEvent(config.readyEvent())
                .maxInFlight(limits.handoffsInFlight())
                .maxFailures(limits.maxFailures())
                .failureWindow(limits.failureWindow())
                .build();
        return new Service(name, config, limits, pool::handOff, pool.metrics());
    }

    private static HandoffPoolBuilder builder(Backends backends) {
        return backends instanceof Backends.Listed listed
                ? HandoffPool.ofSockets(listed.sockets())
                : HandoffPool.ofDirectory(((Backends.Watched) backends).directory());
    }

    /** Whether one made of these would be the same, but for what its pool has learnt of its backends. */
    boolean isMadeOf(ServiceConfig config, LimitsConfig limits) {
        return this.config.equals(config) && this.limits.equals(limits);
    }
}
