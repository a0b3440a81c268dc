package io.handoff.netty.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which socket it is that has a path at the moment: a backend that starts again makes another one.
 *
 * @param key its device and inode number, which the next file may have when this one is gone
 * @param modified when it was made, as nobody writes to it
 */
record SocketFile(Object key, Object modified) {

    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    /** Null if there is none: nothing, something else, or nothing that this process can see. */
    static @Nullable SocketFile at(Path path) {
        try {
            Map<String, Object> found = Files.readAttributes(path, "unix:mode,fileKey,lastModifiedTime");
            Object key = found.get("fileKey");
            Object modified = found.get("lastModifiedTime");
            boolean isSocket = found.get("mode") instanceof Integer mode && (mode & FILE_TYPE) == SOCKET;
            return isSocket && key != null && modified != null ? new SocketFile(key, modified) : null;
        } catch (IOException e) {
            return null;
        }
    }
}
