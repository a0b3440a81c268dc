package io.handoff.cli.proxy;

import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connects to a server, on an event loop and within a time. */
final class ServerConnection {

    /** Is told once what has come of it. */
    interface Waiter {

        /** There is a connection, which the waiter has to close. */
        void connected(Socket server);

        void failed(String reason);
    }

    private static final long RETRY_MILLIS = 5;

    private final IoEventLoop loop;
    private final SocketAddress target;
    private final Waiter waiter;
    private final Future<?> timer;
    private @Nullable Socket socket;
    private @Nullable SocketEvents events;
    private boolean isOver;

    private ServerConnection(IoEventLoop loop, SocketAddress target, Duration timeout, Waiter waiter) {
        this.loop = loop;
        this.target = target;
        this.waiter = waiter;
        this.timer = loop.schedule(
                () -> fail("no connection within " + timeout.toMillis() + " ms"),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** To be called on the loop; the waiter may be told before it returns. */
    static ServerConnection open(IoEventLoop loop, SocketAddress target, Duration timeout, Waiter waiter) {
        ServerConnection connection = new ServerConnection(loop, target, timeout, waiter);
        connection.attempt();
        return connection;
    }

    private void attempt() {
        if (isOver) {
            return;
        }
        try {
            boolean isUnix = target instanceof DomainSocketAddress;
            Socket opened = isUnix ? Socket.newSocketDomain() : Socket.newSocketStream();
            socket = opened;
            if (!isUnix) {
                opened.setTcpNoDelay(true);
                opened.setKeepAlive(true);
            }
            if (opened.connect(target)) {
                succeed();
            } else {
                events = SocketEvents.of(opened, loop, this::look, () -> fail("the event loop has ended"));
            }
        } catch (IOException | RuntimeException e) {
            if (isFullBacklog(e)) {
                closeSocket();
                loop.schedule(this::attempt, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            } else {
                fail(reason(e));
            }
        }
    }

    /** Of a Unix-domain socket. Netty tells the number of a connect error in its text only. */
    private static boolean isFullBacklog(Exception e) {
        return String.valueOf(e.getMessage()).contains("error(" + Errors.ERRNO_EAGAIN_NEGATIVE + ")");
    }

    private static String reason(Exception e) {
        // Which has no message there.
        return e instanceof FileNotFoundException ? "no such file" : String.valueOf(e.getMessage());
    }

    private void look() {
        if (socket == null) {
            return;
        }
        try {
            if (socket.finishConnect()) {
                succeed();
            }
        } catch (IOException e) {
            fail(reason(e));
        }
    }

    private void succeed() {
        Socket connected = socket;
        if (!isOver && connected != null) {
            socket = null;
            finish();
            waiter.connected(connected);
        }
    }

    private void fail(String reason) {
        if (!isOver) {
            finish();
            closeSocket();
            waiter.failed(reason);
        }
    }

    /** Gives up; the waiter is told nothing. */
    void cancel() {
        if (!isOver) {
            finish();
            closeSocket();
        }
    }

    private void finish() {
        isOver = true;
        timer.cancel(false);
        if (events != null) {
            events.end();
            events = null;
        }
    }

    private void closeSocket() {
        if (socket != null) {
            Sockets.close(socket);
            socket = null;
        }
    }
}
