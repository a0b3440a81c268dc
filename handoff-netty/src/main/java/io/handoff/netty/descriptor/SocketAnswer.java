package io.handoff.netty.descriptor;

import com.sun.jna.Memory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/** The memory for what a socket is asked; each thread has one and uses it again. */
final class SocketAnswer {
    /** struct sockaddr_storage, in which every address fits. */
    static final int MAX_BYTES = 128;

    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    final Memory value = new Memory(MAX_BYTES);
    final Memory length = new Memory(Integer.BYTES);

    /** The address that the value is. */
    SocketCalls.Address address() {
        int family = value.getShort(0);
        return switch (family) {
            case AF_UNIX -> new SocketCalls.Address(family, unixName(), null);
            case AF_INET -> new SocketCalls.Address(family, null, internet(value.getByteArray(4, 4), 0));
            case AF_INET6 ->
                new SocketCalls.Address(family, null, internet(value.getByteArray(8, 16), value.getInt(24)));
            default -> new SocketCalls.Address(family, null, null);
        };
    }

    /** struct sockaddr_un: sa_family_t, and the name. */
    private String unixName() {
        // A name of its own ends with a zero, an abstract one begins with it, and both may take up all there is.
        int end = length.getInt(0);
        if (end > Short.BYTES + 1 && value.getByte(end - 1) == 0) {
            end--;
        }
        byte[] name = value.getByteArray(Short.BYTES, Math.max(0, end - Short.BYTES));
        return new String(name, StandardCharsets.UTF_8);
    }

    /** struct sockaddr_in and sockaddr_in6: the port comes second, in network byte order. An IPv4 client of an IPv6 socket is one of IPv4. */
    private InetSocketAddress internet(byte[] address, int scope) {
        int port = (value.getByte(2) & 0xFF) << Byte.SIZE | (value.getByte(3) & 0xFF);
        try {
            InetAddress host =
                    scope == 0 ? InetAddress.getByAddress(address) : Inet6Address.getByAddress(null, address, scope);
            return new InetSocketAddress(host, port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address of " + address.length + " bytes", e);
        }
    }
}
