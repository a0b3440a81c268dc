package io.handoff.netty.adoption;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The adopted connections that are open, by their event loops. A loop that is told to end without a quiet period while it runs a task
 * ends without closing its channels (Netty 4.2.18, {@code SingleThreadIoEventLoop.run}): those that are ours are closed then, so that
 * no client waits for nobody. Safe from any thread.
 */
final class OpenConnections {

    private final Map<EventLoop, Set<AdoptedChannel>> byLoop = new ConcurrentHashMap<>();

    /** Takes in a channel whose event loop it is; it leaves when it closes. */
    void add(AdoptedChannel channel) {
        EventLoop loop = channel.eventLoop();
        Set<AdoptedChannel> open = byLoop.computeIfAbsent(loop, this::watch);
        open.add(channel);
        channel.closeFuture().addListener(closed -> open.remove(channel));
    }

    private Set<AdoptedChannel> watch(EventLoop loop) {
        Set<AdoptedChannel> open = ConcurrentHashMap.newKeySet();
        loop.terminationFuture().addListener(ended -> {
            byLoop.remove(loop);
            open.forEach(AdoptedChannel::closeAfterItsLoop);
        });
        return open;
    }
}
