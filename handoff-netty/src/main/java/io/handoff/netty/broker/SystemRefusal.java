package io.handoff.netty.broker;

import io.handoff.netty.descriptor.SocketPath;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in words what a system call has failed of, and whether that is about the backend. */
final class SystemRefusal {

    // The same on x86_64 and aarch64: asm-generic/errno-base.h, asm-generic/errno.h.
    private static final int EPERM = 1;
    private static final int EAGAIN = 11;
    private static final int ENOMEM = 12;
    private static final int EACCES = 13;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int ENOSPC = 28;
    private static final int EPIPE = 32;
    private static final int ECONNRESET = 104;
    private static final int ENOBUFS = 105;
    private static final int ETOOMANYREFS = 109;
    private static final int ECONNREFUSED = 111;

    /** Netty's exceptions, of which some keep the number to themselves: {@code connect(..) failed with error(-11)}. */
    private static final Pattern ERROR = Pattern.compile("error\\(-(\\d+)\\)");

    private SystemRefusal() {}

    /** connect(2) of a socket that does not wait: the backlog is full. */
    static boolean isFullBacklog(Throwable cause) {
        return errno(cause) == EAGAIN;
    }

    /** Whoever closes a connection of which it has not read everything resets it; the next write meets a broken pipe. */
    static boolean isClosedByPeer(Throwable cause) {
        int errno = errno(cause);
        return errno == EPIPE || errno == ECONNRESET;
    }

    static HandoffBrokerException ofSocket(Throwable cause) {
        return here("no socket to the backend could be made", cause);
    }

    static HandoffBrokerException ofConnect(Path backend, Throwable cause) {
        String obstacle = SocketPath.obstacleToConnecting(backend);
        if (obstacle != null) {
            return HandoffBrokerException.byBackend("cannot connect to " + backend + ": " + obstacle, cause);
        }
        if (cause instanceof FileNotFoundException) {
            return HandoffBrokerException.byBackend("no backend at " + backend + ": no such file", cause);
        }
        if (cause instanceof UncheckedIOException) {
            return here("the connection to the backend cannot be watched", cause);
        }
        return switch (errno(cause)) {
            case ECONNREFUSED -> byBackend("nobody listens at " + backend, cause);
            case EACCES, EPERM -> byBackend("no permission to connect to " + backend, cause);
            case ENOMEM, ENOBUFS, EMFILE, ENFILE -> here("no connection to the backend could be made", cause);
            default -> byBackend("no connection to " + backend + " could be made", cause);
        };
    }

    static HandoffBrokerException ofSend(Throwable cause) {
        return switch (errno(cause)) {
            case EPIPE, ECONNRESET ->
                byBackend("the backend closed the connection before it was offered anything", cause);
            case EPERM, EACCES ->
                HandoffBrokerException.here(
                        "a security module forbids to pass the descriptor: " + cause.getMessage(), cause);
            case ETOOMANYREFS, ENOMEM, ENOBUFS, EMFILE, ENFILE -> here("the descriptor could not be sent", cause);
            default -> byBackend("the descriptor could not be sent", cause);
        };
    }

    private static HandoffBrokerException byBackend(String what, Throwable cause) {
        return HandoffBrokerException.byBackend(what + ": " + cause.getMessage(), cause);
    }

    private static HandoffBrokerException here(String what, Throwable cause) {
        String why = switch (errno(cause)) {
            case EMFILE -> "this process has no descriptor left (RLIMIT_NOFILE): ";
            case ENFILE -> "the system has no descriptor left (fs.file-max): ";
            case ENOMEM, ENOBUFS -> "the kernel has no memory for it: ";
            case ENOSPC -> "this user watches too much with epoll (fs.epoll.max_user_watches): ";
            case ETOOMANYREFS -> "too many descriptors of this user are on their way, unreceived (RLIMIT_NOFILE): ";
            default -> "";
        };
        return HandoffBrokerException.here(what + ": " + why + cause.getMessage(), cause);
    }

    private static int errno(Throwable cause) {
        for (Throwable next = cause; next != null; next = next.getCause()) {
            Matcher error = ERROR.matcher(String.valueOf(next.getMessage()));
            if (error.find()) {
                return Integer.parseInt(error.group(1));
            }
        }
        return 0;
    }
}
