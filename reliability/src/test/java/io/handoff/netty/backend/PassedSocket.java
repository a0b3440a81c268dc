package io.handoff.netty.backend;

import io.handoff.netty.listening.SocketActivation;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A socket that listens, as a service manager passes it to a process: it is there before a server and after it. */
public final class PassedSocket {

    private static final int BACKLOG = 128;

    private final Socket socket;

    private PassedSocket(Socket socket) {
        this.socket = socket;
    }

    /** Listens at a path; stays open. */
    public static PassedSocket listen(Path path) throws IOException {
        Epoll.ensureAvailability();
        Socket socket = Socket.newSocketDomain();
        socket.bind(new DomainSocketAddress(path.toFile()));
        socket.listen(BACKLOG);
        return new PassedSocket(socket);
    }

    /** Has a server take it. */
    public HandoffServerBuilder passTo(HandoffServerBuilder server) {
        long pid = ProcessHandle.current().pid();
        return server.socketActivation(new SocketActivation(
                Map.of("LISTEN_FDS", "1", "LISTEN_PID", String.valueOf(pid)), pid, socket.intValue()));
    }
}
