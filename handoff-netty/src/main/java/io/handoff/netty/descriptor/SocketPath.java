package io.handoff.netty.descriptor;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Says in words what is wrong with the path of a Unix-domain socket. The kernel answers with a number, which leaves open
 * which of the folders on the way it means.
 *
 * <p>To be asked after a failure, but for {@link #misfitOf}: what the kernel permits is not forbidden here. Looks at the file
 * system, and may be called from any thread.
 */
public final class SocketPath {

    /** The most bytes that fit: {@code sun_path} holds 108, the last of them zero (unix(7)). */
    public static final int MAX_BYTES = 107;

    /** What the JDK reads where an argument or a file's name is not text in its encoding. */
    private static final char REPLACEMENT = '\uFFFD';

    /** In which the JDK passes paths to the kernel; it tells nowhere else. */
    private static final String PLATFORM_ENCODING = "sun.jnu.encoding";

    private static final int ROOT = 0;

    private SocketPath() {}

    /**
     * Tells why a path cannot be that of a socket, to be asked before it is used: Netty cuts a long one off silently, and gives
     * the kernel UTF-8 where the JDK gives it what the JVM's locale says. A path that is not the same in both would be
     * made, looked for and removed at different names.
     *
     * @param path where to listen, or to connect
     * @return what is wrong with it; null if it fits
     */
    public static @Nullable String misfitOf(Path path) {
        return misfitOf(path, Charset.forName(System.getProperty(PLATFORM_ENCODING, "UTF-8")));
    }

    static @Nullable String misfitOf(Path path, Charset platform) {
        byte[] bytes = bytesOf(path);
        if (bytes.length == 0) {
            return "the path is empty";
        }
        if (bytes.length > MAX_BYTES) {
            return "the path has " + bytes.length + " bytes; at most " + MAX_BYTES + " fit";
        }
        String text = path.toString();
        return text.indexOf(REPLACEMENT) >= 0 || !Arrays.equals(bytes, text.getBytes(platform))
                ? "the path is not the same in UTF-8 and in this JVM's encoding, which is " + platform
                        + "; use a UTF-8 locale (LC_ALL=C.UTF-8), and a path that is UTF-8"
                : null;
    }

    /** As the kernel is given it, without the zero at its end. */
    static byte[] bytesOf(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Tells why this process cannot make a socket at a path.
     *
     * @param path where to listen
     * @return what is wrong and what to do about it; null if nothing is seen to be wrong
     */
    public static @Nullable String obstacleToListening(Path path) {
        String obstacle = folderObstacle(path);
        Path folder = path.toAbsolutePath().getParent();
        if (obstacle != null || folder == null || Files.isWritable(folder)) {
            return obstacle;
        }
        return isReadOnly(folder)
                ? "the folder " + folder + " is mounted read-only; mount it writable here, or choose another path"
                : "this process may not make files in the folder " + folder
                        + "; give its user write permission (w) there, or choose another path";
    }

    private static boolean isReadOnly(Path folder) {
        try {
            return Files.getFileStore(folder).isReadOnly();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Tells why this process cannot connect to a socket at a path. That nothing is there, or nobody listens, is no obstacle
     * of the path.
     *
     * @param path where to connect
     * @return what is wrong and what to do about it; null if nothing is seen to be wrong
     */
    public static @Nullable String obstacleToConnecting(Path path) {
        String obstacle = folderObstacle(path);
        return obstacle == null && Files.exists(path) && !Files.isWritable(path)
                ? "this process may not write to the socket file, which belongs to " + ownerAndRemedy(path)
                : obstacle;
    }

    private static @Nullable String folderObstacle(Path path) {
        Path absolute = path.toAbsolutePath();
        // From the root on: what is behind a closed folder cannot be seen.
        for (int depth = 1; depth < absolute.getNameCount(); depth++) {
            String obstacle = obstacleIn(absolute.getRoot().resolve(absolute.subpath(0, depth)));
            if (obstacle != null) {
                return obstacle;
            }
        }
        return null;
    }

    private static @Nullable String obstacleIn(Path folder) {
        if (!Files.exists(folder)) {
            return "the folder " + folder + " does not exist; make it, or correct the path";
        }
        if (!Files.isDirectory(folder)) {
            return folder + " is no folder; correct the path";
        }
        return Files.isExecutable(folder)
                ? null
                : "this process may not enter the folder " + folder + "; give its user execute permission (x) there";
    }

    private static String ownerAndRemedy(Path path) {
        try {
            int uid = (int) Files.getAttribute(path, "unix:uid");
            return ownerAndRemedy(
                    uid, Files.getOwner(path).getName(), ProcessUid.standsForUnknown(uid), ProcessUid.effective());
        } catch (IOException e) {
            return "another user; run it as that user, or as root";
        }
    }

    static String ownerAndRemedy(int uid, String name, boolean isUnknown, int effectiveUid) {
        if (isUnknown) {
            return "a user whom the user namespace of this process does not know (shown as "
                    + Integer.toUnsignedString(uid) + "); map that user here, and run it as that user";
        }
        // Root is no remedy for a root without that right, as containers have it.
        boolean isPowerlessRoot = effectiveUid == ROOT && uid != ROOT;
        return "user " + name + "; run it as that user, or "
                + (isPowerlessRoot ? "give this root CAP_DAC_OVERRIDE" : "as root");
    }
}
