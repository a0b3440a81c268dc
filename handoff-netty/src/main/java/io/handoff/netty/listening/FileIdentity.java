package io.handoff.netty.listening;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;

/**
 * Which file it is that has a name at the moment.
 *
 * @param key its device and inode number, which the next file may have when this one is gone
 * @param modified when it was made, of a file that nobody writes to
 */
record FileIdentity(Object key, FileTime modified) {

    static FileIdentity of(Path path, LinkOption... options) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, options);
        return new FileIdentity(
                Objects.requireNonNull(attributes.fileKey(), "every Linux file system has inode numbers"),
                attributes.lastModifiedTime());
    }
}
