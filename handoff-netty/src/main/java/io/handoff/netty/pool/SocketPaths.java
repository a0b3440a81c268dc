package io.handoff.netty.pool;

import io.handoff.netty.descriptor.SocketPath;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where the sockets of a pool may be. */
sealed interface SocketPaths {

    /**
     * Lists them as they are now; what is there may be no socket.
     *
     * @throws IOException if that cannot be told at the moment
     */
    List<Path> list() throws IOException;

    /** Says what it means that there is none. */
    String whyNone();

    /** Those that the program has named. */
    record Named(List<Path> list) implements SocketPaths {

        static Named of(List<Path> sockets) {
            Set<Path> paths = new LinkedHashSet<>(sockets);
            for (Path path : paths) {
                String misfit = SocketPath.misfitOf(path);
                if (misfit != null) {
                    throw new IllegalArgumentException("backend socket " + path + ": " + misfit);
                }
            }
            return new Named(List.copyOf(paths));
        }

        @Override
        public String whyNone() {
            return list.isEmpty() ? "the pool has no backends" : "none of the pool's sockets is there: " + list;
        }
    }

    /** Those in a directory, in the order of their names. */
    record In(Path directory) implements SocketPaths {

        @Override
        public List<Path> list() throws IOException {
            List<Path> paths = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, In::isMeant)) {
                entries.forEach(paths::add);
            } catch (NoSuchFileException | NotDirectoryException e) {
                return List.of();
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            paths.sort(null);
            return paths;
        }

        /** One that does not fit could not be connected to. */
        private static boolean isMeant(Path entry) {
            return !entry.getFileName().toString().startsWith(".") && SocketPath.misfitOf(entry) == null;
        }

        @Override
        public String whyNone() {
            return Files.isDirectory(directory)
                    ? "there is no socket in the directory " + directory
                    : "the directory " + directory + " does not exist";
        }
    }
}
