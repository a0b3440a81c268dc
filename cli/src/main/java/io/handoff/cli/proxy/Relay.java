package io.handoff.cli.proxy;

import io.handoff.cli.proxy.RelayEnd.By;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes the bytes of a client on to a server, and the server's to the client: byte for byte, no faster than the receiver reads, and the
 * end of each direction when it comes, while the other one goes on. It ends when both directions have.
 *
 * <p>An error at one end is passed on as the end of what that one sends, behind all that it had sent before.
 *
 * <p>Confined to the client's event loop.
 */
public final class Relay {

    /** Reads and writes at a time, before others on the loop have their turn. */
    private static final int STEPS = 64;

    private final Channel client;
    private final IoEventLoop loop;
    private final Promise<RelayEnd> end;
    private @Nullable ByteBuf first;
    private @Nullable ServerConnection connecting;
    private @Nullable Socket server;
    private @Nullable SocketEvents clientEvents;
    private @Nullable SocketEvents serverEvents;
    private @Nullable Direction toServer;
    private @Nullable Direction toClient;
    private @Nullable By endedBy;

    private Relay(Channel client) {
        this.client = client;
        this.loop = (IoEventLoop) client.eventLoop();
        this.end = loop.newPromise();
    }

    /**
     * Begins, on the client's event loop.
     *
     * @param client an open channel of the epoll transport that does not read, and to which nothing is left to be written; it
     *     leaves epoll for good
     * @param read gives what was read from it already, once nothing more is; released here
     * @param server a resolved {@code InetSocketAddress} or a {@code DomainSocketAddress}
     * @param connectTimeout how long the connection to the server may take
     */
    public static Relay start(Channel client, Supplier<ByteBuf> read, SocketAddress server, Duration connectTimeout) {
        Relay relay = new Relay(client);
        // Netty does that in a task of its own, before which the end of the input may come, and with it all there is.
        client.deregister().addListener(out -> relay.connect(read.get(), server, connectTimeout));
        return relay;
    }

    /** Completed on the loop, with success, when both connections are closed. */
    public Future<RelayEnd> end() {
        return end;
    }

    /** Ends it as it is. From any thread. */
    public void stop() {
        loop.execute(() -> finish(By.BROKER, "the broker is stopping"));
    }

    private void connect(ByteBuf read, SocketAddress target, Duration timeout) {
        if (end.isDone()) {
            read.release();
            return;
        }
        first = read;
        connecting = ServerConnection.open(loop, target, timeout, new ServerConnection.Waiter() {
            @Override
            public void connected(Socket connection) {
                begin(connection);
            }

            @Override
            public void failed(String reason) {
                finish(By.SERVER, reason);
            }
        });
    }

    private void begin(Socket connection) {
        server = connection;
        if (!client.isOpen()) {
            finish(By.CLIENT, "the client's connection is closed");
            return;
        }
        Socket clientSocket = (Socket) ((UnixChannel) client).fd();
        ByteBuf read = first;
        toServer =
                read == null ? new Direction(clientSocket, connection) : new Direction(clientSocket, connection, read);
        first = null;
        toClient = new Direction(connection, clientSocket);
        try {
            Runnable loopEnds = () -> finish(By.BROKER, "the event loop has ended");
            clientEvents = SocketEvents.of(clientSocket, loop, this::pump, loopEnds);
            serverEvents = SocketEvents.of(connection, loop, this::pump, loopEnds);
        } catch (IOException e) {
            finish(By.BROKER, String.valueOf(e.getMessage()));
            return;
        }
        pump();
    }

    private void pump() {
        Direction up = toServer;
        Direction down = toClient;
        if (end.isDone() || up == null || down == null) {
            return;
        }
        boolean moved = true;
        for (int steps = 0; moved && steps < STEPS; steps++) {
            moved = up.step();
            // Both have their turn, whatever became of the first.
            moved = down.step() || moved;
            noteWhoEnds(up, down);
        }
        if (up.isDone() && down.isDone()) {
            String problem = up.problem() == null ? down.problem() : up.problem();
            finish(endedBy == null ? By.BROKER : endedBy, problem);
        } else if (moved) {
            loop.execute(this::pump);
        }
    }

    private void noteWhoEnds(Direction up, Direction down) {
        if (endedBy != null) {
            return;
        }
        if (up.isInputEnded() || down.isReceiverGone()) {
            endedBy = By.CLIENT;
        } else if (down.isInputEnded() || up.isReceiverGone()) {
            endedBy = By.SERVER;
        }
    }

    private void finish(By by, @Nullable String reason) {
        if (end.isDone()) {
            return;
        }
        RelayEnd result = new RelayEnd(
                toServer != null,
                by,
                reason,
                toServer == null ? 0 : toServer.bytes(),
                toClient == null ? 0 : toClient.bytes());
        release();
        end.trySuccess(result);
    }

    private void release() {
        if (connecting != null) {
            connecting.cancel();
        }
        if (first != null) {
            first.release();
        }
        if (toServer != null) {
            toServer.release();
        }
        if (toClient != null) {
            toClient.release();
        }
        if (clientEvents != null) {
            clientEvents.end();
        }
        if (serverEvents != null) {
            serverEvents.end();
        }
        if (server != null) {
            Sockets.close(server);
        }
        client.close();
    }
}
