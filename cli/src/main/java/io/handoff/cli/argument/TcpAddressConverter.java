package io.handoff.cli.argument;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT}, an IPv6 address in brackets. */
public final class TcpAddressConverter implements ITypeConverter<InetSocketAddress> {

    static final String FORM = "HOST:PORT, such as 127.0.0.1:7000 or [::1]:7000";

    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:\\[(?<ipv6>[^/\\]]*:[^/\\]]*)]|(?<host>[^/:\\[\\]]+)):(?<port>[0-9]{1,5})");

    @Override
    public InetSocketAddress convert(String value) {
        return parse(value, FORM);
    }

    /** Reads an address where something else may be given, too. */
    static InetSocketAddress parse(String value, String expected) {
        Matcher form = HOST_AND_PORT.matcher(value);
        if (!form.matches()) {
            throw new TypeConversionException("'" + value + "' is no address; expected " + expected);
        }
        int port = Integer.parseInt(form.group("port"));
        if (port > 0xFFFF) {
            throw new TypeConversionException("port " + port + " is too large; expected 0 to 65535");
        }
        String host = form.group("ipv6") != null ? form.group("ipv6") : form.group("host");
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new TypeConversionException("unknown host '" + host + "'");
        }
        return address;
    }
}
