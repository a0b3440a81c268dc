package io.handoff.netty.listening;

import io.handoff.netty.descriptor.DescriptorCheck;
import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The listening sockets that a service manager has opened for this process, by the protocol of systemd's socket activation
 * (sd_listen_fds(3)): {@code LISTEN_FDS} descriptors, the first with number 3, for the process {@code LISTEN_PID}. Not API.
 *
 * @param environment the environment of this process
 * @param pid the id of this process
 * @param first the number of the first descriptor
 */
public record SocketActivation(Map<String, String> environment, long pid, int first) {

    /**
     * Tells what this process has been passed.
     *
     * @return that
     */
    public static SocketActivation ofThisProcess() {
        return new SocketActivation(System.getenv(), ProcessHandle.current().pid(), 3);
    }

    /**
     * Takes a copy of the socket that listens at the path. The socket itself stays open, for another server after this
     * one: its backlog is the service manager's.
     *
     * @throws IOException saying what was passed instead
     */
    Socket take(Path absolutePath, SocketCalls calls) throws IOException {
        int count = count();
        StringBuilder others = new StringBuilder();
        for (int number = first; number < first + count; number++) {
            String address = addressOf(number, calls);
            if (address.equals(absolutePath.toString())) {
                return calls.duplicate(number).transferTo(Socket::new);
            }
            others.append(others.isEmpty() ? "" : ", ")
                    .append(number)
                    .append(": ")
                    .append(address);
        }
        throw new IOException("none of the descriptors passed listens there: " + others);
    }

    /** What each descriptor is called (LISTEN_FDNAMES), in their order; nothing if none is for this process, or they have no names. */
    List<String> names() {
        String names = environment.get("LISTEN_FDNAMES");
        boolean isForUs = String.valueOf(pid).equals(environment.get("LISTEN_PID"));
        return names == null || !isForUs ? List.of() : List.of(names.split(":", -1));
    }

    private int count() throws IOException {
        String fds = environment.get("LISTEN_FDS");
        String forPid = environment.get("LISTEN_PID");
        if (fds == null || forPid == null) {
            throw new IOException("no socket was passed: LISTEN_FDS and LISTEN_PID are not set");
        }
        if (!forPid.equals(String.valueOf(pid))) {
            throw new IOException("the sockets passed are for another process: LISTEN_PID is " + forPid + ", this is "
                    + pid + "; a script that starts the JVM has to exec it");
        }
        try {
            return Integer.parseUnsignedInt(fds);
        } catch (NumberFormatException e) {
            throw new IOException("LISTEN_FDS is " + fds + "; expected a number", e);
        }
    }

    private static String addressOf(int number, SocketCalls calls) {
        FileDescriptor socket = new FileDescriptor(number);
        try {
            String name = calls.localAddress(socket).unixName();
            if (name == null) {
                return "no socket with a path";
            }
            return DescriptorCheck.isListeningStream(socket, calls) ? name : "no listening stream socket";
        } catch (IOException e) {
            return "no socket";
        }
    }
}
