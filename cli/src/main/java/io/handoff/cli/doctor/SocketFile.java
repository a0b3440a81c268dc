package io.handoff.cli.doctor;

import io.handoff.cli.doctor.DoctorReport.Check;
import io.handoff.netty.descriptor.SocketPath;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The file of a handoff socket, as whoever wants to connect finds it. */
final class SocketFile {

    private static final int TYPE_MASK = 0170000;
    private static final int SOCKET_TYPE = 0140000;

    private final Path path;

    SocketFile(Path path) {
        this.path = path;
    }

    DoctorReport checkFile() throws IOException {
        if (!Files.exists(path)) {
            String obstacle = SocketPath.obstacleToConnecting(path);
            return DoctorReport.failed(
                    Check.FILE,
                    obstacle == null
                            ? "there is nothing at " + path + ": the backend does not run, or listens elsewhere"
                            : "cannot see " + path + ": " + obstacle);
        }
        int mode = (int) Files.getAttribute(path, "unix:mode");
        return (mode & TYPE_MASK) == SOCKET_TYPE
                ? DoctorReport.ok(Check.FILE, path + " is a socket")
                : DoctorReport.failed(Check.FILE, path + " is no socket: the backend listens elsewhere");
    }

    DoctorReport checkPermissions() throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
        Set<PosixFilePermission> permissions = attributes.permissions();
        String found = "owner " + attributes.owner().getName() + ", mode " + PosixFilePermissions.toString(permissions);
        if (!Files.isWritable(path)) {
            return DoctorReport.failed(
                    Check.PERMISSIONS,
                    found + ": " + System.getProperty("user.name")
                            + " may not connect, for want of write permission; run brokers as the owner, or as root");
        }
        return permissions.contains(PosixFilePermission.OTHERS_WRITE)
                        || permissions.contains(PosixFilePermission.GROUP_WRITE)
                ? DoctorReport.note(
                        Check.PERMISSIONS,
                        found + ": others than the owner may connect; the backend's peer policy alone keeps them out")
                : DoctorReport.ok(Check.PERMISSIONS, found);
    }

    DoctorReport checkListening() {
        try (SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            connection.configureBlocking(false);
            // Of this family, a connection is made at once or not at all.
            return connection.connect(UnixDomainSocketAddress.of(path))
                    ? DoctorReport.ok(Check.LISTENING, "a process listens")
                    : DoctorReport.failed(Check.LISTENING, "the connection is not made");
        } catch (ConnectException e) {
            return DoctorReport.failed(
                    Check.LISTENING,
                    "nobody listens: the backend has died and left its file behind; its next start replaces it");
        } catch (IOException e) {
            return DoctorReport.failed(
                    Check.LISTENING,
                    "cannot connect: " + e.getMessage() + "; if it is unavailable, the backend accepts nothing and its"
                            + " backlog is full");
        }
    }
}
