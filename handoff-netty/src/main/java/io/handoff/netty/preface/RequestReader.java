package io.handoff.netty.preface;

import io.handoff.netty.preface.ClientPreface.Http1;
import io.handoff.netty.preface.ClientPreface.Other;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes an {@link Http1} of the head of a request that Netty's decoder has read, and {@link Other} of one that it refuses. */
final class RequestReader extends SimpleChannelInboundHandler<HttpObject> {

    /** RFC 9112, section 3.2.2: scheme, authority and path; then a query, which clients may not follow with a fragment. */
    private static final Pattern ABSOLUTE_FORM =
            Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)([^?#]*).*", Pattern.DOTALL);

    private static final Pattern BEHIND_THE_PATH = Pattern.compile("[?#].*", Pattern.DOTALL);

    private RequestReader() {
        super(HttpObject.class);
    }

    /** A channel without a socket that bytes are given to, and that gives a {@link ClientPreface} when the head of a request is whole. */
    static EmbeddedChannel newChannel(int maxLength) {
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(maxLength)
                .setMaxHeaderSize(maxLength)
                // Whether lines may end without CR is the backend's to judge.
                .setStrictLineParsing(false);
        return new EmbeddedChannel(new HttpRequestDecoder(config), new RequestReader());
    }

    /**
     * Whether a request may begin so. Netty looks at a line when it is whole, but a binary protocol may send none for as long as it waits for
     * an answer.
     */
    static boolean mayBegin(byte[] bytes) {
        int at = 0;
        while (at < bytes.length && (bytes[at] == '\r' || bytes[at] == '\n')) {
            at++; // A server is to ignore an empty line before a request (RFC 9112, section 2.2).
        }
        if (at < bytes.length && (bytes[at] <= ' ' || bytes[at] == 0x7f)) {
            return false;
        }
        for (; at < bytes.length && bytes[at] != '\n'; at++) {
            boolean isControl = bytes[at] >= 0 && bytes[at] < ' ' && bytes[at] != '\t' && bytes[at] != '\r';
            if (isControl || bytes[at] == 0x7f) {
                return false;
            }
        }
        return true;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (part instanceof HttpRequest request) {
            ctx.fireChannelRead(isOfHttp1(request) ? prefaceOf(request) : new Other());
        }
    }

    /** Netty reads a request of any protocol and version, such as RTSP. */
    private static boolean isOfHttp1(HttpRequest request) {
        return request.decoderResult().isSuccess()
                && request.protocolVersion().protocolName().equals(HttpVersion.HTTP_1_1.protocolName())
                && request.protocolVersion().majorVersion() == 1;
    }

    private static ClientPreface prefaceOf(HttpRequest request) {
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            return new Other();
        }
        @Nullable String host = hosts.isEmpty() ? null : hosts.get(0);
        String method = request.method().name();
        String target = request.uri();
        if (request.method().equals(HttpMethod.CONNECT)) {
            return new Http1(method, "", HostName.of(target));
        }
        Matcher absolute = ABSOLUTE_FORM.matcher(target);
        if (absolute.matches()) {
            String authority = absolute.group(1);
            String path = absolute.group(2);
            return new Http1(
                    method,
                    path.isEmpty() ? "/" : path,
                    HostName.of(authority.substring(authority.lastIndexOf('@') + 1)));
        }
        return new Http1(method, BEHIND_THE_PATH.matcher(target).replaceFirst(""), HostName.of(host));
    }
}
