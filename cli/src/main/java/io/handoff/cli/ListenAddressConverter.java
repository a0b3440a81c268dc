package io.handoff.cli;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT}, IPv6 addresses in brackets, or else the path of a Unix-domain socket. */
final class ListenAddressConverter implements ITypeConverter<SocketAddress> {

    /** A path that looks like this can be written with {@code ./} before it. */
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:\\[(?<ipv6>[^/\\]]+)]|(?<host>[^/:\\[\\]]+)):(?<port>[0-9]{1,5})");

    @Override
    public SocketAddress convert(String value) {
        Matcher tcp = HOST_AND_PORT.matcher(value);
        if (tcp.matches()) {
            return tcpAddress(tcp.group("ipv6") != null ? tcp.group("ipv6") : tcp.group("host"), tcp.group("port"));
        }
        if (value.isEmpty()) {
            throw new TypeConversionException("'' is no address; expected HOST:PORT or PATH");
        }
        return new DomainSocketAddress(value);
    }

    private static InetSocketAddress tcpAddress(String host, String digits) {
        int port = Integer.parseInt(digits);
        if (port > 0xFFFF) {
            throw new TypeConversionException("port " + digits + " is too large; expected 0 to 65535");
        }
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new TypeConversionException("unknown host '" + host + "'");
        }
        return address;
    }
}
