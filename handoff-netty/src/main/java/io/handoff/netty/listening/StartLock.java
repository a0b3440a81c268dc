package io.handoff.netty.listening;

import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Held by the one server that starts at a path, from its look at what is there until it listens: two that look at the same stale
 * file would else remove each other's.
 *
 * <p>It is a lock (flock(2)) on the file {@code PATH.starting}, which the holder removes with it. One that a process left behind
 * which died meanwhile is locked by nobody, and serves the next.
 */
final class StartLock implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(StartLock.class);

    private final Path file;
    private final FileDescriptor descriptor;

    private StartLock(Path file, FileDescriptor descriptor) {
        this.file = file;
        this.descriptor = descriptor;
    }

    /**
     * Takes the lock, without waiting.
     *
     * @return the lock; null if another has it
     * @throws IOException naming the file, if it cannot be made or locked
     */
    static @Nullable StartLock tryTake(Path path, SocketCalls calls) throws IOException {
        Path file = path.resolveSibling(path.getFileName() + ".starting");
        try {
            while (true) {
                FileDescriptor descriptor = calls.lock(file);
                if (descriptor == null) {
                    return null;
                }
                StartLock lock = new StartLock(file, descriptor);
                boolean isHeld = false;
                try {
                    isHeld = lock.isOfTheFile();
                } finally {
                    // Its holder removed it between our opening and our locking it, and the next may have made another.
                    if (!isHeld) {
                        descriptor.close();
                    }
                }
                if (isHeld) {
                    return lock;
                }
            }
        } catch (IOException e) {
            throw new IOException("cannot lock " + file + ": " + e.getMessage(), e);
        }
    }

    private boolean isOfTheFile() throws IOException {
        FileIdentity locked = FileIdentity.of(Path.of("/proc/self/fd", String.valueOf(descriptor.intValue())));
        try {
            return locked.equals(FileIdentity.of(file, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Removes the file while it is locked, and then lets go of it. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            logger.warn("cannot remove {}, which the next start uses again", file, e);
        }
        try {
            descriptor.close();
        } catch (IOException e) {
            // The lock is gone all the same (close(2)).
            logger.warn("closing {} failed", file, e);
        }
    }
}
