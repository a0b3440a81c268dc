package io.handoff.netty.descriptor;

import java.net.SocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of an adopted connection. The client's came with the check of the descriptor, and stays known whatever the client does.
 * The local one is asked for when somebody wants to know; who first asks when the channel has closed is not told. Safe from any thread.
 */
public final class ClientAddresses {

    private final @Nullable SocketAddress remote;
    private final Supplier<@Nullable SocketAddress> local;
    private boolean isClosed;

    /** Takes the client's address, null if it has gone already, and what asks the kernel for the local one. */
    public ClientAddresses(@Nullable SocketAddress remote, Supplier<@Nullable SocketAddress> local) {
        this.remote = remote;
        this.local = local;
    }

    /** The client's address. */
    public @Nullable SocketAddress remote() {
        return remote;
    }

    /** The local one, which is asked for each time. */
    public synchronized @Nullable SocketAddress local() {
        return isClosed ? null : local.get();
    }

    /** The number of the descriptor is about to be a stranger's, who must not be asked. */
    public synchronized void closed() {
        isClosed = true;
    }
}
