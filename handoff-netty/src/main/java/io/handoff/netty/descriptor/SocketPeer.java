package io.handoff.netty.descriptor;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Whom {@code SO_PEERCRED} names at a Unix-domain socket: the process that has connected, or the one that listened (unix(7)).
 *
 * @param pid its process id
 * @param uid its effective user id then
 * @param gid its effective group id then
 */
public record SocketPeer(int pid, int uid, int gid) {

    // The same on x86_64 and aarch64: asm-generic/socket.h.
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;

    /** struct ucred: pid, uid, gid. */
    private static final int CREDENTIALS_BYTES = 3 * Integer.BYTES;

    /** Asks the kernel. */
    public static SocketPeer of(Socket socket) throws IOException {
        ByteBuffer credentials = ByteBuffer.allocate(CREDENTIALS_BYTES).order(ByteOrder.nativeOrder());
        socket.getRawOpt(SOL_SOCKET, SO_PEERCRED, credentials);
        return new SocketPeer(
                credentials.getInt(0), credentials.getInt(Integer.BYTES), credentials.getInt(2 * Integer.BYTES));
    }
}
