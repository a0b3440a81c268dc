package io.handoff.benchmarks.proxy;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.preface.ClientPreface;
import io.handoff.netty.preface.ClientPreface.Tls;
import io.handoff.netty.preface.PrefacePeeker;
import io.handoff.netty.token.HandoffToken;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.nio.file.Path;
import java.time.Duration;

/** The broker that clients connect to: hands each to the backend of the server that it wants, before a byte of it is read. */
final class BrokerServer {

    private static final int MAX_IN_FLIGHT = 16_384;

    /** A machine that is slow is to be measured, and not to fail. */
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private BrokerServer() {}

    /** Takes the backend's socket, and serves until the standard input ends. */
    public static void main(String[] args) throws Exception {
        LoopbackServer.serve(
                new HandOffHandler(HandoffBroker.builder(Path.of(args[0]))
                        .maxInFlight(MAX_IN_FLIGHT)
                        .timeout(TIMEOUT)
                        .build()),
                false);
    }

    @Sharable
    private static final class HandOffHandler extends ChannelInboundHandlerAdapter {

        private final PrefacePeeker peeker =
                PrefacePeeker.builder().timeout(TIMEOUT).build();
        private final HandoffBroker broker;
        private long lastCorrelationId;

        HandOffHandler(HandoffBroker broker) {
            this.broker = broker;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            Channel client = ctx.channel();
            peeker.peek(client).addListener((FutureListener<ClientPreface>) told -> route(client, told));
        }

        private void route(Channel client, Future<ClientPreface> told) {
            if (told.isSuccess()
                    && told.getNow() instanceof Tls hello
                    && ClientHello.SERVER_NAME.equals(hello.serverName())) {
                broker.handOff(client, "echo", HandoffToken.random(), ++lastCorrelationId)
                        .addListener((FutureListener<HandoffOutcome>) done -> settle(client, done.getNow()));
            } else {
                client.close();
            }
        }

        /** A client that stays here gets no echo, and so is an error of the measurement. */
        private static void settle(Channel client, HandoffOutcome outcome) {
            if (!(outcome instanceof Accepted)) {
                System.err.println(outcome);
                client.close();
            }
        }
    }
}
