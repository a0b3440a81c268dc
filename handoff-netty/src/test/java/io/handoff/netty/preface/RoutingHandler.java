package io.handoff.netty.preface;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.preface.ClientPreface.Http1;
import io.handoff.netty.preface.ClientPreface.Tls;
import io.handoff.netty.token.HandoffToken;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.FutureListener;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The handler of docs/looking.md. */
@Sharable
final class RoutingHandler extends ChannelInboundHandlerAdapter {
    private final PrefacePeeker peeker = PrefacePeeker.builder().build();
    private final Map<String, HandoffBroker> byName;
    private final HandoffBroker byDefault;

    RoutingHandler(Map<String, HandoffBroker> byName, HandoffBroker byDefault) {
        this.byName = byName;
        this.byDefault = byDefault;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        Channel client = ctx.channel();
        peeker.peek(client).addListener((FutureListener<ClientPreface>) peeked -> {
            if (peeked.isSuccess()) {
                handOff(client, brokerFor(peeked.getNow()));
            } else {
                client.close(); // It has gone.
            }
        });
    }

    private HandoffBroker brokerFor(ClientPreface preface) {
        @Nullable String name = null;
        if (preface instanceof Tls tls) {
            name = tls.serverName();
        } else if (preface instanceof Http1 request) {
            name = request.host();
        }
        return name == null ? byDefault : byName.getOrDefault(name, byDefault);
    }

    private void handOff(Channel client, HandoffBroker broker) {
        broker.handOff(client, "web", HandoffToken.random(), 1).addListener((FutureListener<HandoffOutcome>) done -> {
            if (!(done.getNow() instanceof HandoffOutcome.Accepted)) {
                client.close(); // Or try another backend, if it is still usable.
            }
        });
    }
}
