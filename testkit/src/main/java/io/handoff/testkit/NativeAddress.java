package io.handoff.testkit;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * An address as the system calls have it.
 *
 * @param family of the socket
 * @param bytes the structure of that family
 */
record NativeAddress(
        int family,
        @SuppressWarnings("ArrayRecordComponent") byte[] bytes) {

    /** sizeof(struct sockaddr_in6), which is larger than that of sockaddr_in. */
    private static final int INTERNET_BYTES = 28;

    static NativeAddress of(SocketAddress address) throws IOException {
        if (address instanceof UnixDomainSocketAddress unix) {
            return ofPath(unix.getPath().toString());
        }
        if (address instanceof InetSocketAddress internet && !internet.isUnresolved()) {
            return ofInternet(internet);
        }
        throw new IOException("cannot connect to " + address + "; expected a path, or a resolved host and port");
    }

    private static NativeAddress ofPath(String path) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        return new NativeAddress(
                Libc.AF_UNIX,
                ByteBuffer.allocate(Short.BYTES + name.length + 1)
                        .order(ByteOrder.nativeOrder())
                        .putShort((short) Libc.AF_UNIX)
                        .put(name)
                        .array());
    }

    private static NativeAddress ofInternet(InetSocketAddress internet) {
        boolean isSix = internet.getAddress() instanceof Inet6Address;
        int family = isSix ? Libc.AF_INET6 : Libc.AF_INET;
        ByteBuffer bytes = ByteBuffer.allocate(INTERNET_BYTES);
        bytes.order(ByteOrder.nativeOrder()).putShort((short) family);
        bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) internet.getPort());
        if (isSix) {
            bytes.putInt(0);
        }
        return new NativeAddress(
                family, bytes.put(internet.getAddress().getAddress()).array());
    }
}
