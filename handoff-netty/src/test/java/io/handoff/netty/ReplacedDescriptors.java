package io.handoff.netty;

import java.util.HashMap;
import java.util.Map;

/**
 * Puts /dev/null in the place of sockets of this process, and these back again: meanwhile the kernel really fails what is called with
 * their numbers. It is no socket (ENOTSOCK), and epoll does not take it (EPERM). Safe from any thread.
 */
public final class ReplacedDescriptors {

    public static final int EPERM = 1;

    private static final int O_RDWR = 2;

    /** Copies of those that are replaced, by number. */
    private final Map<Integer, Integer> replaced = new HashMap<>();

    public synchronized void replace(int number) {
        if (replaced.containsKey(number)) {
            return;
        }
        replaced.put(number, Libc.checked(Libc.C.dup(number)));
        int other = Libc.checked(Libc.C.open("/dev/null", O_RDWR));
        Libc.checked(Libc.C.dup2(other, number));
        Libc.C.close(other);
    }

    public synchronized void putBack() {
        replaced.forEach((number, copy) -> {
            Libc.checked(Libc.C.dup2(copy, number));
            Libc.C.close(copy);
        });
        replaced.clear();
    }
}
