package io.handoff.netty.broker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.ByteToMessageCodec;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.MessageAggregator;
import io.netty.handler.codec.MessageToByteEncoder;
import io.netty.handler.codec.MessageToMessageEncoder;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the handlers of a client's pipeline that may hold bytes of the connection, which a backend would miss or would get
 * in among its own. The rules are in the documentation of {@link HandoffBroker}. Classes of Netty's that this library does
 * not need otherwise are known by name.
 */
final class HandlerCheck {

    private static final String COMPRESSION = "io.netty.handler.codec.compression.";
    private static final String WEB_SOCKET_COMPRESSION =
            "io.netty.handler.codec.http.websocketx.extensions.compression.";
    private static final String HTTP_SERVER_CODEC = "io.netty.handler.codec.http.HttpServerCodec";

    private static final Set<String> KEEP_WHAT_WAS_READ = Set.of(
            "io.netty.handler.codec.http.HttpContentDecoder",
            "io.netty.handler.flow.FlowControlHandler",
            "io.netty.handler.ssl.ApplicationProtocolNegotiationHandler");

    /** Those among them that can be made again of the bytes since the last boundary: they hold no more than one message. */
    private static final Set<String> PARSE_ONE_MESSAGE = Set.of(
            ByteToMessageDecoder.class.getName(),
            ByteToMessageCodec.class.getName(),
            MessageAggregator.class.getName(),
            HTTP_SERVER_CODEC,
            "io.netty.handler.codec.http.HttpContentDecoder");

    /** Decoders as well, but what they hold goes back to the beginning of the connection. */
    private static final Set<String> KEEP_A_SESSION =
            Set.of("io.netty.handler.ssl.SslHandler", "io.netty.handler.codec.http2.Http2ConnectionHandler");

    /** Those whose {@code write} passes on at once what it is given. */
    private static final Set<String> PASS_WRITES_ON = Set.of(
            ChannelOutboundHandlerAdapter.class.getName(),
            ChannelDuplexHandler.class.getName(),
            ByteToMessageCodec.class.getName(),
            MessageToByteEncoder.class.getName(),
            MessageToMessageEncoder.class.getName(),
            "io.netty.handler.codec.http.HttpObjectEncoder",
            "io.netty.handler.codec.http.HttpServerKeepAliveHandler",
            "io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler",
            "io.netty.handler.logging.LoggingHandler",
            "io.netty.handler.pcap.PcapWriteHandler",
            "io.netty.handler.timeout.IdleStateHandler",
            "io.netty.handler.timeout.WriteTimeoutHandler");

    private static final ClassValue<Boolean> MAY_HOLD = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> handler) {
            return mayHoldWhatWasRead(handler) || mayHoldWhatWasWritten(handler);
        }
    };

    /** Of those behind a {@link BoundaryBuffer}. */
    private static final ClassValue<Boolean> MAY_HOLD_MORE_THAN_A_MESSAGE = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> handler) {
            return !anyClassOf(handler, HTTP_SERVER_CODEC::equals)
                    && (mayHoldMoreThanAMessage(handler) || mayHoldWhatWasWritten(handler));
        }
    };

    private HandlerCheck() {}

    /** Why a pipeline must not be handed off; null if it may. On its event loop. */
    static @Nullable String refusal(Channel client, Predicate<? super ChannelHandler> vouchedFor) {
        ChannelPipeline pipeline = client.pipeline();
        ClassValue<Boolean> mayHold = MAY_HOLD;
        for (Map.Entry<String, ChannelHandler> entry : pipeline) {
            ChannelHandler handler = entry.getValue();
            if (handler instanceof BoundaryBuffer) {
                mayHold = MAY_HOLD_MORE_THAN_A_MESSAGE;
            }
            boolean isSuspect = mayHold.get(handler.getClass()) || runsElsewhere(client, pipeline.context(handler));
            if (isSuspect && !vouchedFor.test(handler)) {
                return "handler " + entry.getKey() + " (" + handler.getClass().getName() + ") may hold bytes that were "
                        + "read or written already; remove it first, or vouch for it";
            }
        }
        return null;
    }

    /** What is on its way to a handler on another thread is in the queue of that thread. */
    private static boolean runsElsewhere(Channel client, @Nullable ChannelHandlerContext ctx) {
        return ctx == null || ctx.executor() != client.eventLoop();
    }

    private static boolean mayHoldWhatWasRead(Class<?> handler) {
        return ByteToMessageDecoder.class.isAssignableFrom(handler)
                || ByteToMessageCodec.class.isAssignableFrom(handler)
                || CombinedChannelDuplexHandler.class.isAssignableFrom(handler)
                || MessageAggregator.class.isAssignableFrom(handler)
                || isCompression(handler)
                || anyClassOf(handler, KEEP_WHAT_WAS_READ::contains);
    }

    private static boolean mayHoldMoreThanAMessage(Class<?> handler) {
        return mayHoldWhatWasRead(handler)
                && (!anyClassOf(handler, PARSE_ONE_MESSAGE::contains)
                        || anyClassOf(handler, KEEP_A_SESSION::contains)
                        || isCompression(handler));
    }

    private static boolean mayHoldWhatWasWritten(Class<?> handler) {
        if (!ChannelOutboundHandler.class.isAssignableFrom(handler)) {
            return false;
        }
        return isCompression(handler) || !PASS_WRITES_ON.contains(classThatWrites(handler));
    }

    private static boolean isCompression(Class<?> handler) {
        return anyClassOf(handler, name -> name.startsWith(COMPRESSION) || name.startsWith(WEB_SOCKET_COMPRESSION));
    }

    private static String classThatWrites(Class<?> handler) {
        try {
            return handler.getMethod("write", ChannelHandlerContext.class, Object.class, ChannelPromise.class)
                    .getDeclaringClass()
                    .getName();
        } catch (NoSuchMethodException e) {
            // A native image that has not been told of the class.
            return "";
        }
    }

    private static boolean anyClassOf(Class<?> handler, Predicate<String> isThat) {
        for (Class<?> type = handler; type != null; type = type.getSuperclass()) {
            if (isThat.test(type.getName())) {
                return true;
            }
        }
        return false;
    }
}
