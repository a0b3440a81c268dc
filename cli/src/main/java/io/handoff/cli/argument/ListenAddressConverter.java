package io.handoff.cli.argument;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import picocli.CommandLine.ITypeConverter;

/** Reads where to listen: what has a slash is the path of a Unix-domain socket, anything else {@code HOST:PORT}. */
public final class ListenAddressConverter implements ITypeConverter<SocketAddress> {

    private static final String FORMS =
            TcpAddressConverter.FORM + ", or the path of a Unix-domain socket, with a slash, such as ./clients.sock";

    private final SocketPathConverter paths = new SocketPathConverter();

    @Override
    public SocketAddress convert(String value) {
        return value.indexOf('/') < 0
                ? TcpAddressConverter.parse(value, FORMS)
                : new DomainSocketAddress(paths.convert(value).toFile());
    }
}
