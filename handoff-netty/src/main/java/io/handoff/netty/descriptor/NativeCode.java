package io.handoff.netty.descriptor;

import io.netty.channel.epoll.Epoll;
import org.jspecify.annotations.Nullable;

/** Whether the two native libraries can be used here: Netty's for epoll, and JNA's for the other system calls. */
public final class NativeCode {

    /** Why JNA's cannot be used; null if it can. */
    private static final @Nullable String JNA_FAILURE = loadJna();

    /** As Netty names it; empty where there is no library for it. */
    private static final String PROCESSOR = switch (System.getProperty("os.arch")) {
        case "amd64", "x86_64" -> "x86_64";
        case "aarch64" -> "aarch_64";
        default -> "";
    };

    private NativeCode() {}

    /** The first failure tells why; each later one says only that there was one. */
    private static @Nullable String loadJna() {
        try {
            SocketCalls ignored = LibcSocketCalls.INSTANCE;
            return null;
        } catch (LinkageError e) {
            return firstLineOf(e);
        }
    }

    /**
     * Asks for both.
     *
     * @param who needs them, at the start of the message
     * @throws UnsupportedOperationException in one line that says why and names what to set
     */
    public static void require(String who) {
        requireEpoll(who);
        if (JNA_FAILURE != null) {
            throw unavailable(
                    who + " needs JNA's native library, which cannot be loaded here",
                    JNA_FAILURE,
                    unpackElsewhere("jna.tmpdir"),
                    null);
        }
    }

    /**
     * Asks for Netty's alone.
     *
     * @param who needs it, at the start of the message
     * @throws UnsupportedOperationException in one line that says why and names what to set
     */
    public static void requireEpoll(String who) {
        if (!Epoll.isAvailable()) {
            Throwable cause = Epoll.unavailabilityCause();
            throw unavailable(
                    who + " needs Netty's native epoll transport, which is not available here",
                    firstLineOf(cause),
                    isLibraryMissing() ? addLibrary() : unpackElsewhere("io.netty.native.workdir"),
                    cause);
        }
    }

    /** Every program that leaves the jar out gets the same words of Netty as one that cannot unpack it. */
    private static boolean isLibraryMissing() {
        return "Linux".equals(System.getProperty("os.name"))
                && !PROCESSOR.isEmpty()
                && NativeCode.class
                                .getClassLoader()
                                .getResource("META-INF/native/libnetty_transport_native_epoll_" + PROCESSOR + ".so")
                        == null;
    }

    private static String addLibrary() {
        return "add io.netty:netty-transport-native-epoll with the classifier linux-" + PROCESSOR
                + " to the class path";
    }

    private static String unpackElsewhere(String property) {
        return "if it is unpacked to where nothing may be executed, set -D" + property + " to another directory";
    }

    private static UnsupportedOperationException unavailable(
            String what, String why, String advice, @Nullable Throwable cause) {
        return new UnsupportedOperationException(what + ": " + why + "; " + advice, cause);
    }

    private static String firstLineOf(Throwable cause) {
        return cause.toString().lines().findFirst().orElseThrow();
    }
}
