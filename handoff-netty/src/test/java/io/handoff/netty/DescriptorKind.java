package io.handoff.netty;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;

import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a descriptor that is passed can be of: the connections of clients, and everything else. */
public enum DescriptorKind {
    UNIX_CONNECTION,
    TCP_CONNECTION,
    PIPE,
    FILE,
    EPOLL,
    EVENTFD,
    UDP,
    UNIX_DATAGRAM,
    SEQPACKET,
    LISTENING,
    UNCONNECTED,
    UNCONNECTED_UNIX,
    HANDOFF_CONNECTION;

    /** Makes the descriptor to pass, and behind it what else has to be closed: of a connection, the client's end. */
    public List<BlockingSocket> make(TestBroker broker, Path directory) throws IOException {
        return switch (this) {
            case UNIX_CONNECTION -> ends(ClientConnection.unix());
            case TCP_CONNECTION -> ends(ClientConnection.tcp());
            case PIPE -> {
                int[] ends = new int[2];
                checked(C.pipe(ends));
                yield List.of(BlockingSocket.of(ends[0]), BlockingSocket.of(ends[1]));
            }
            case FILE -> one(C.open(directory.toString(), 0));
            case EPOLL -> one(C.epoll_create1(0));
            case EVENTFD -> one(C.eventfd(0, 0));
            case UDP -> one(C.socket(Libc.AF_INET, Libc.SOCK_DGRAM, 0));
            case UNIX_DATAGRAM -> Libc.pair(Libc.SOCK_DGRAM);
            case SEQPACKET -> Libc.pair(Libc.SOCK_SEQPACKET);
            case LISTENING -> {
                int socket = checked(C.socket(Libc.AF_INET, Libc.SOCK_STREAM, 0));
                checked(C.listen(socket, 1));
                yield one(socket);
            }
            case UNCONNECTED -> one(C.socket(Libc.AF_INET, Libc.SOCK_STREAM, 0));
            case UNCONNECTED_UNIX -> one(C.socket(Libc.AF_UNIX, Libc.SOCK_STREAM, 0));
            case HANDOFF_CONNECTION -> List.of(broker.socket());
        };
    }

    private static List<BlockingSocket> ends(ClientConnection connection) {
        return List.of(connection.accepted(), connection.client());
    }

    private static List<BlockingSocket> one(int descriptor) {
        return List.of(BlockingSocket.of(checked(descriptor)));
    }
}
