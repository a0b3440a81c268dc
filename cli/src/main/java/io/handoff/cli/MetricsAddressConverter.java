package io.handoff.cli;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT} as {@link ListenAddressConverter} does, and nothing else. */
final class MetricsAddressConverter implements ITypeConverter<InetSocketAddress> {

    @Override
    public InetSocketAddress convert(String value) {
        SocketAddress address = new ListenAddressConverter().convert(value);
        if (address instanceof InetSocketAddress tcp) {
            return tcp;
        }
        throw new TypeConversionException("'" + value + "' is no address; expected HOST:PORT");
    }
}
