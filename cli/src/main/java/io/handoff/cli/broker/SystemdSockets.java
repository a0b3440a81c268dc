package io.handoff.cli.broker;

import io.handoff.netty.descriptor.DescriptorCheck;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The listening sockets that systemd has passed to this process, by name (sd_listen_fds_with_names(3)). Each stays open, and with it
 * those who wait: systemd keeps a copy.
 *
 * @param environment the environment of this process
 * @param pid its id
 * @param first the number of the first descriptor
 * @param calls the system calls
 */
record SystemdSockets(Map<String, String> environment, long pid, int first, SocketCalls calls) {

    private static final int AF_UNIX = 1;

    static SystemdSockets ofThisProcess() {
        return new SystemdSockets(System.getenv(), ProcessHandle.current().pid(), 3, LibcSocketCalls.INSTANCE);
    }

    /**
     * Takes a copy of the socket of that name.
     *
     * @throws IOException saying what was passed instead
     */
    ClientSocket take(String name) throws IOException {
        List<String> names = names();
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IOException("systemd has passed no socket of that name, only: " + String.join(", ", names));
        }
        int number = first + index;
        if (!isListening(number)) {
            throw new IOException("descriptor " + number + " is no listening stream socket");
        }
        Socket socket = calls.duplicate(number).transferTo(Socket::new);
        try {
            // It came as systemd made it, and nothing here may wait.
            calls.setNonBlocking(socket, true);
            SocketCalls.Address address = calls.localAddress(socket);
            return address.family() == AF_UNIX
                    ? new ClientSocket(socket, String.valueOf(address.unixName()), BrokerReport.Transport.UNIX, null)
                    : ClientSocket.ofTcp(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private boolean isListening(int number) {
        try {
            return DescriptorCheck.isListeningStream(new FileDescriptor(number), calls);
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> names() throws IOException {
        String count = environment.get("LISTEN_FDS");
        String forPid = environment.get("LISTEN_PID");
        if (count == null || forPid == null) {
            throw new IOException("systemd has passed no socket: LISTEN_FDS and LISTEN_PID are not set");
        }
        if (!forPid.equals(String.valueOf(pid))) {
            throw new IOException("the sockets passed are for another process: LISTEN_PID is " + forPid + ", this is "
                    + pid + "; a script that starts the JVM has to exec it");
        }
        String names = environment.get("LISTEN_FDNAMES");
        if (names == null) {
            throw new IOException("the sockets passed have no names: LISTEN_FDNAMES is not set");
        }
        return Arrays.asList(names.split(":", -1));
    }
}
