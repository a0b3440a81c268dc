package io.handoff.benchmarks.compare.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary directory for the socket of a server; closing it removes both. */
public record SocketDirectory(Path path) implements AutoCloseable {

    public static SocketDirectory create() throws IOException {
        return new SocketDirectory(Files.createTempDirectory("handoff-compare"));
    }

    public Path socket() {
        return path.resolve("s");
    }

    /** The server has ended, and may have left its file behind. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(socket());
        Files.delete(path);
    }
}
