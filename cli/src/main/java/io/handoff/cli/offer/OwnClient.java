package io.handoff.cli.offer;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * A client that lives in the broker's own process: one end of a TCP connection over the loopback interface, whose other
 * end is a channel to hand off.
 */
public final class OwnClient implements AutoCloseable {

    private static final byte[] MESSAGE = "handoff offer\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket client;
    private final Channel brokersEnd;

    private OwnClient(Socket client, Channel brokersEnd) {
        this.client = client;
        this.brokersEnd = brokersEnd;
    }

    /**
     * Connects the two ends; closing it closes both. Waits, so not for the event loop that is given.
     *
     * @throws IOException if the connection did not come about within the timeout, or another process came in between
     */
    public static OwnClient connect(EventLoop loop, Duration timeout) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listener.setSoTimeout(millis(timeout));
            Channel channel = new Bootstrap()
                    .group(loop)
                    .channel(EpollSocketChannel.class)
                    .option(ChannelOption.AUTO_READ, false)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(listener.getLocalSocketAddress())
                    .syncUninterruptibly()
                    .channel();
            Socket accepted = listener.accept();
            OwnClient client = new OwnClient(accepted, channel);
            if (!accepted.getRemoteSocketAddress().equals(channel.localAddress())) {
                client.close();
                throw new IOException(
                        "another process has connected to " + (InetSocketAddress) listener.getLocalSocketAddress());
            }
            return client;
        }
    }

    /** The end that a broker has of a client's connection. */
    public Channel brokersEnd() {
        return brokersEnd;
    }

    /** Sends a line from the client's end, and tells whether it comes back. */
    Echo checkEcho(Duration timeout) {
        try {
            client.setSoTimeout(millis(timeout));
            client.getOutputStream().write(MESSAGE);
            byte[] echo = client.getInputStream().readNBytes(MESSAGE.length);
            return echo.length == 0 ? Echo.CLOSED : Arrays.equals(echo, MESSAGE) ? Echo.OK : Echo.DIFFERENT;
        } catch (SocketTimeoutException e) {
            return Echo.TIMEOUT;
        } catch (IOException e) {
            return Echo.CLOSED;
        }
    }

    private static int millis(Duration timeout) {
        return (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
    }

    @Override
    public void close() throws IOException {
        brokersEnd.close().syncUninterruptibly();
        client.close();
    }
}
