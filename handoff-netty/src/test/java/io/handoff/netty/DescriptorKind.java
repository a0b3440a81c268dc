package io.handoff.netty;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;

/** What a descriptor that is passed can be of: the connections of clients, and everything else. */
enum DescriptorKind {
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
    int[] make(NativeBroker broker, Path directory) throws IOException {
        return switch (this) {
            case UNIX_CONNECTION -> Libc.pair(Libc.SOCK_STREAM);
            case TCP_CONNECTION -> tcpPair();
            case PIPE -> {
                int[] ends = new int[2];
                checked(C.pipe(ends));
                yield ends;
            }
            case FILE -> new int[] {checked(C.open(directory.toString(), 0))};
            case EPOLL -> new int[] {checked(C.epoll_create1(0))};
            case EVENTFD -> new int[] {checked(C.eventfd(0, 0))};
            case UDP -> new int[] {checked(C.socket(Libc.AF_INET, Libc.SOCK_DGRAM, 0))};
            case UNIX_DATAGRAM -> Libc.pair(Libc.SOCK_DGRAM);
            case SEQPACKET -> Libc.pair(Libc.SOCK_SEQPACKET);
            case LISTENING -> {
                int socket = checked(C.socket(Libc.AF_INET, Libc.SOCK_STREAM, 0));
                checked(C.listen(socket, 1));
                yield new int[] {socket};
            }
            case UNCONNECTED -> new int[] {checked(C.socket(Libc.AF_INET, Libc.SOCK_STREAM, 0))};
            case UNCONNECTED_UNIX -> new int[] {checked(C.socket(Libc.AF_UNIX, Libc.SOCK_STREAM, 0))};
            case HANDOFF_CONNECTION -> new int[] {broker.socket()};
        };
    }

    /** Closes what {@link #make} has made; the connection itself stays open. */
    void close(int... made) {
        if (this != HANDOFF_CONNECTION) {
            Arrays.stream(made).forEach(descriptor -> checked(C.close(descriptor)));
        }
    }

    private static int[] tcpPair() throws IOException {
        Socket listening = Socket.newSocketStream();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listening.listen(1);
        Socket client = Socket.newSocketStream();
        client.connect(listening.localAddress());
        int accepted = listening.accept(new byte[26]);
        while (accepted < 0) {
            Sockets.pause();
            accepted = listening.accept(new byte[26]);
        }
        listening.close();
        return new int[] {accepted, client.intValue()};
    }
}
