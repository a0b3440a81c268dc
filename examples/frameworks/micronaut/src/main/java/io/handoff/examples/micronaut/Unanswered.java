package io.handoff.examples.micronaut;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Connections on which nothing has been answered yet. Micronaut's own graceful shutdown closes those at once. */
final class Unanswered {

    private final Map<Channel, CompletableFuture<Void>> firstAnswers = new ConcurrentHashMap<>();

    void add(Channel connection) {
        firstAnswers.put(connection, new CompletableFuture<>());
        connection.closeFuture().addListener(closed -> remove(connection));
        connection.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                ctx.write(msg, promise);
                ctx.pipeline().remove(this);
                remove(connection);
            }
        });
    }

    private void remove(Channel connection) {
        CompletableFuture<Void> firstAnswer = firstAnswers.remove(connection);
        if (firstAnswer != null) {
            firstAnswer.complete(null);
        }
    }

    /** Waits until there are none, but not longer than that. */
    void await(Duration patience) {
        CompletableFuture.allOf(firstAnswers.values().toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
