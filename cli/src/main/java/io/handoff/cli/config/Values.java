package io.handoff.cli.config;

import io.handoff.cli.argument.DurationConverter;
import io.handoff.cli.argument.ListenAddressConverter;
import io.handoff.cli.argument.SocketPathConverter;
import io.handoff.cli.argument.TcpAddressConverter;
import io.handoff.cli.config.ServiceConfig.Fallback;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What a text in the file stands for. What cannot be read is an {@code IllegalArgumentException} with what was expected. */
final class Values {

    private static final String CLOSE = "close";
    private static final String PROXY = "proxy ";

    private static final Pattern SIZE = Pattern.compile("(?<amount>[0-9]{1,9})(?<unit>|KiB|MiB)");
    private static final Map<String, Integer> BYTES = Map.of("KiB", 1024, "MiB", 1024 * 1024);

    /** A label of a host name, RFC 1123; the underscore is seen in the wild. */
    private static final Pattern NAME = Pattern.compile("(\\*\\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?");

    private Values() {}

    static Duration duration(String text) {
        return converted(new DurationConverter(), text);
    }

    static InetSocketAddress tcpAddress(String text) {
        return converted(new TcpAddressConverter(), text);
    }

    static Path socketPath(String text) {
        return converted(new SocketPathConverter(), text);
    }

    /** Where to listen. */
    static ListenAddress listenAddress(String text) {
        if (text.startsWith(ListenAddress.Systemd.PREFIX)) {
            String name = text.substring(ListenAddress.Systemd.PREFIX.length());
            if (name.isEmpty()) {
                throw new IllegalArgumentException("'" + text + "' has no name; expected systemd:NAME, with the"
                        + " FileDescriptorName= of a socket unit");
            }
            return new ListenAddress.Systemd(name);
        }
        SocketAddress address = converted(new ListenAddressConverter(), text);
        return address instanceof InetSocketAddress tcp
                ? new ListenAddress.Tcp(text, tcp)
                : new ListenAddress.Unix(Path.of(((DomainSocketAddress) address).path()));
    }

    static Fallback fallback(String text) {
        if (text.equals(CLOSE)) {
            return new Fallback.Close();
        }
        if (!text.startsWith(PROXY)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no fallback; expected close, proxy HOST:PORT or proxy PATH");
        }
        String target = text.substring(PROXY.length()).strip();
        SocketAddress address = converted(new ListenAddressConverter(), target);
        if (address instanceof InetSocketAddress tcp && tcp.getPort() == 0) {
            throw new IllegalArgumentException("'" + target + "' has port 0; expected 1 to 65535");
        }
        return new Fallback.Proxy(target, address);
    }

    /** A number of bytes. */
    static int size(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no size; expected a whole number of bytes, KiB or MiB, such as 64KiB");
        }
        try {
            return Math.multiplyExact(
                    Integer.parseInt(size.group("amount")), BYTES.getOrDefault(size.group("unit"), 1));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too much; expected less than 2048MiB", e);
        }
    }

    /** A whole number within bounds. */
    static Function<String, Integer> number(int least, int most) {
        return bounded(Values::wholeNumber, least, most, "a whole number");
    }

    /** A number of bytes within bounds. */
    static Function<String, Integer> size(int least, int most) {
        return bounded(Values::size, least, most, "a number of bytes");
    }

    private static Function<String, Integer> bounded(
            Function<String, Integer> conversion, int least, int most, String what) {
        return text -> {
            int value = conversion.apply(text);
            if (value < least || value > most) {
                throw new IllegalArgumentException(
                        "'" + text + "' is out of bounds; expected " + what + " from " + least + " to " + most);
            }
            return value;
        };
    }

    private static int wholeNumber(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no number; expected a whole one", e);
        }
    }

    static boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither; expected true or false");
        };
    }

    /** A host name to compare with, which may begin with {@code *.}, or an IP address; in the form that clients' names have. */
    static String hostPattern(String text) {
        byte[] ip = NetUtil.createByteArrayFromIpAddressString(text);
        if (ip != null) {
            return NetUtil.bytesToIpAddress(ip);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(lower).matches() || lower.contains("..")) {
            throw new IllegalArgumentException("'" + text
                    + "' is no name of a host; expected one without port, such as www.example.org, or *.example.org for"
                    + " all below it");
        }
        return lower;
    }

    static String pathPrefix(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("'" + text + "' is no path; expected one that begins with a slash");
        }
        return text;
    }

    static String protocol(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("'" + text + "' names no protocol; expected one such as h2 or http/1.1");
        }
        return text;
    }

    private static <T> T converted(ITypeConverter<T> converter, String text) {
        try {
            return converter.convert(text);
        } catch (TypeConversionException | InvalidPathException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
