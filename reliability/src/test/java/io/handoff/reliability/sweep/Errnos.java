package io.handoff.reliability.sweep;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The errors that calls may return: those that the man page of each names, and some that any call is made to return. Not among
 * them is what the kernel says of no call here: EINPROGRESS of a Unix-domain socket.
 */
final class Errnos {

    /** Returned by any call. */
    private static final List<String> ANY = List.of("EINTR", "EAGAIN", "ENOMEM", "EMFILE", "ENOSPC", "EPERM");

    private static final String RECEIVE = "EBADF ECONNREFUSED EFAULT EINVAL ENOTCONN ENOTSOCK ECONNRESET ETIMEDOUT";
    private static final String SEND =
            "EACCES EALREADY EBADF ECONNRESET EDESTADDRREQ EFAULT EINVAL EISCONN EMSGSIZE ENOBUFS"
                    + " ENOTCONN ENOTSOCK EOPNOTSUPP EPIPE ETOOMANYREFS";
    private static final String WRITE = "EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINVAL EIO EPIPE";
    private static final String READ = "EBADF EFAULT EINVAL EIO EISDIR";
    private static final String WAIT = "EBADF EFAULT EINVAL";
    private static final String NAME = "EBADF EFAULT EINVAL ENOBUFS ENOTCONN ENOTSOCK";
    private static final String OPTION = "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK";

    private static final Map<String, String> OF_CALL = Map.ofEntries(
            Map.entry(
                    "accept4",
                    "ECONNABORTED EBADF EFAULT EINVAL ENFILE ENOBUFS ENOTSOCK EOPNOTSUPP EPROTO ENETDOWN ENOPROTOOPT"
                            + " EHOSTDOWN ENONET EHOSTUNREACH ENETUNREACH"),
            Map.entry("close", "EBADF EIO EDQUOT"),
            Map.entry(
                    "connect",
                    "EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EALREADY EBADF ECONNREFUSED EFAULT EISCONN ENETUNREACH"
                            + " ENOTSOCK EPROTOTYPE ETIMEDOUT ENOENT"),
            Map.entry("epoll_ctl", "EBADF EEXIST EINVAL ELOOP ENOENT"),
            Map.entry("epoll_pwait2", WAIT),
            Map.entry("epoll_pwait", WAIT),
            Map.entry("epoll_wait", WAIT),
            Map.entry("fcntl", "EACCES EBADF EBUSY EDEADLK EFAULT EINVAL ENOLCK ENOTDIR"),
            Map.entry("getpeername", NAME),
            Map.entry("getsockname", NAME),
            Map.entry("getsockopt", OPTION),
            Map.entry("poll", "EFAULT EINVAL"),
            Map.entry("read", READ),
            Map.entry("recvfrom", RECEIVE),
            Map.entry("recvmsg", RECEIVE),
            Map.entry("sendmsg", SEND),
            Map.entry("sendto", SEND),
            Map.entry("setsockopt", OPTION),
            Map.entry("shutdown", "EBADF EINVAL ENOTCONN ENOTSOCK"),
            Map.entry("socket", "EACCES EAFNOSUPPORT EINVAL ENFILE ENOBUFS EPROTONOSUPPORT"),
            Map.entry("timerfd_settime", "EBADF EFAULT EINVAL ECANCELED"),
            Map.entry("write", WRITE),
            Map.entry("writev", WRITE));

    private Errnos() {}

    /**
     * The errors that a call is made to return. Of a loop that is woken up, eventfd(2) knows one only; with any other Netty takes
     * the loop for awake, and it sleeps until something else wakes it.
     */
    static List<String> of(Call call) {
        if (call.name().equals("write") && call.about().equals("eventfd")) {
            return List.of("EAGAIN");
        }
        Set<String> errnos = new LinkedHashSet<>();
        String own = OF_CALL.get(call.name());
        if (own != null) {
            errnos.addAll(List.of(own.split(" ")));
        }
        errnos.addAll(ANY);
        return List.copyOf(errnos);
    }
}
