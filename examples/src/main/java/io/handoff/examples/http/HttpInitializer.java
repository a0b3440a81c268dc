package io.handoff.examples.http;

import io.handoff.netty.broker.BoundaryBuffer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;

/** Makes an HTTP/1.1 connection of any channel: one that was accepted here, or one that another process has handed over. */
@Sharable
final class HttpInitializer extends ChannelInitializer<Channel> {

    private static final int MAX_BODY_BYTES = 64 * 1024;

    /** A body and a head, as the codec takes one: so a connection can move at any byte. */
    static final int MAX_REQUEST_BYTES = MAX_BODY_BYTES + 16 * 1024;

    private final ChannelGroup connections;
    private final Successor successor;

    HttpInitializer(ChannelGroup connections, Successor successor) {
        this.connections = connections;
        this.successor = successor;
    }

    @Override
    protected void initChannel(Channel connection) {
        connections.add(connection);
        // A client may end its side behind a request, also while its connection is on the move, and is answered all the
        // same.
        connection.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        connection
                .pipeline()
                .addLast(new BoundaryBuffer(MAX_REQUEST_BYTES))
                .addLast(new HttpServerCodec())
                .addLast(new OpenRequests(successor::take))
                .addLast(new HttpServerKeepAliveHandler())
                .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
                .addLast(new WhoServes());
    }
}
