package io.handoff.cli.broker;

import io.handoff.netty.pool.PoolOutcome;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

/** Hands clients of one service to its backends. */
@FunctionalInterface
interface HandOffs {

    /**
     * Hands off one client, on its event loop.
     *
     * @return completed with success, on the client's event loop
     */
    Future<PoolOutcome> handOff(Channel client, String service, long correlationId);
}
