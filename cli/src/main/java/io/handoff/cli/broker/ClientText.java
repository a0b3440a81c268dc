package io.handoff.cli.broker;

import io.handoff.netty.preface.ClientPreface;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What is told of a client in words. */
final class ClientText {

    private ClientText() {}

    /** Where it is; of a Unix-domain socket, whose clients have no address, who it is. */
    static String address(Channel client) {
        if (client.remoteAddress() instanceof InetSocketAddress tcp) {
            return NetUtil.toSocketAddressString(tcp);
        }
        try {
            return "pid:"
                    + ((EpollDomainSocketChannel) client).peerCredentials().pid();
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** What it speaks, in one word. */
    static String protocol(ClientPreface preface) {
        if (preface instanceof ClientPreface.Tls) {
            return "tls";
        }
        if (preface instanceof ClientPreface.Http1) {
            return "http1";
        }
        if (preface instanceof ClientPreface.Http2) {
            return "http2";
        }
        return preface instanceof ClientPreface.Silent ? "silent" : "other";
    }

    /** The host that it asks for. */
    static @Nullable String name(ClientPreface preface) {
        if (preface instanceof ClientPreface.Tls tls) {
            return tls.serverName();
        }
        return preface instanceof ClientPreface.Http1 request ? request.host() : null;
    }
}
