package io.handoff.netty.preface;

import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The one form in which names of hosts are told, as {@link ClientPreface} says. */
final class HostName {

    private static final int MAX_LENGTH = 253;

    /** With what may follow a name. Nothing longer is looked at: it is the client's to choose. */
    private static final int MAX_LENGTH_AS_IT_CAME = MAX_LENGTH + ".:65535".length();

    /** RFC 3986, section 3.2.2 and 3.2.3, without the dot that a name may end with. */
    private static final Pattern NAME_AND_PORT =
            Pattern.compile("((?:[A-Za-z0-9_-]{1,63}\\.)*[A-Za-z0-9_-]{1,63})\\.?(?::[0-9]*)?");

    private static final Pattern ADDRESS_AND_PORT = Pattern.compile("\\[([0-9A-Fa-f:.]+)](?::[0-9]*)?");

    private HostName() {}

    /** A name as it came, perhaps with a port; null if there is none, or if it is no name of a host. */
    static @Nullable String of(@Nullable String name) {
        if (name == null || name.length() > MAX_LENGTH_AS_IT_CAME) {
            return null;
        }
        Matcher address = ADDRESS_AND_PORT.matcher(name);
        String bare = address.matches() ? address.group(1) : name;
        if (NetUtil.isValidIpV6Address(bare)) {
            // A zone means nothing to another host.
            return NetUtil.bytesToIpAddress(NetUtil.createByteArrayFromIpAddressString(bare));
        }
        Matcher named = NAME_AND_PORT.matcher(name);
        return named.matches() && named.group(1).length() <= MAX_LENGTH
                ? named.group(1).toLowerCase(Locale.ROOT)
                : null;
    }
}
