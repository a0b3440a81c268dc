package io.handoff.cli.config;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A service: who serves its clients, and what becomes of those that nobody takes.
 *
 * @param backends where its backends listen
 * @param timeout for one client, over all backends that are tried
 * @param readyEvent whether a client is told, in one frame, that a backend has it (WIRE §9)
 * @param fallback what becomes of a client that no backend has taken, and whose connection is untouched
 */
public record ServiceConfig(Backends backends, Duration timeout, boolean readyEvent, Fallback fallback) {

    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    /** Where the backends of a service listen. */
    public sealed interface Backends {

        /** At these sockets, which need not exist yet. */
        record Listed(List<Path> sockets) implements Backends {}

        /** At every socket in a folder, as they come and go. */
        record Watched(Path directory) implements Backends {}
    }

    /** What becomes of a client that no backend has taken. */
    public sealed interface Fallback {

        /** It is closed. */
        record Close() implements Fallback {}

        /**
         * Its bytes are passed on to a server that speaks no handoff, and back.
         *
         * @param target a resolved {@code InetSocketAddress} or a {@code DomainSocketAddress}
         * @param text the address as it is written in the file
         */
        record Proxy(String text, SocketAddress target) implements Fallback {}

        /** It is sent back what it sends. Not for a file: the short form of the command has it. */
        record Echo() implements Fallback {}
    }
}
