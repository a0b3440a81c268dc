package io.handoff.cli.argument;

import io.handoff.netty.descriptor.SocketPath;
import java.nio.file.Path;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the path of a Unix-domain socket, and takes no TCP address for one. */
public final class SocketPathConverter implements ITypeConverter<Path> {

    /** Whoever means a file of such a name can write {@code ./} before it. */
    private static final Pattern LIKE_AN_ADDRESS = Pattern.compile("[0-9]*|[^/]*:[^/]*");

    @Override
    public Path convert(String value) {
        if (LIKE_AN_ADDRESS.matcher(value).matches()) {
            throw new TypeConversionException(
                    "'" + value + "' is no path; expected that of a Unix-domain socket, such as"
                            + " /run/app/handoff.sock; one that looks like an address takes a slash, such as ./7000");
        }
        Path path = Path.of(value);
        String misfit = SocketPath.misfitOf(path);
        if (misfit != null) {
            throw new TypeConversionException("'" + value + "' cannot be a socket: " + misfit);
        }
        return path;
    }
}
