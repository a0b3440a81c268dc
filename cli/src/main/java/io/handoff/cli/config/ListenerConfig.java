package io.handoff.cli.config;

import org.jspecify.annotations.Nullable;

/**
 * One socket at which clients connect.
 *
 * @param address where
 * @param service where all its clients go, whatever they send; null: the routes decide
 * @param backlog how many connections the kernel keeps waiting, listen(2)
 * @param reusePort whether other processes may listen at the same address, {@code SO_REUSEPORT}
 * @param keepAlive whether the kernel asks clients that are silent whether they are still there, {@code SO_KEEPALIVE}
 * @param maxConnections how many of its clients the broker has at most; further ones wait in the backlog
 */
public record ListenerConfig(
        ListenAddress address,
        @Nullable String service,
        int backlog,
        boolean reusePort,
        boolean keepAlive,
        int maxConnections) {

    public static final int DEFAULT_BACKLOG = 1024;
    public static final int DEFAULT_MAX_CONNECTIONS = 10_000;

    /** A listener with every setting at its default. */
    public static ListenerConfig at(ListenAddress address) {
        return new ListenerConfig(address, null, DEFAULT_BACKLOG, false, true, DEFAULT_MAX_CONNECTIONS);
    }
}
