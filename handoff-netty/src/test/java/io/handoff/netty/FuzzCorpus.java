package io.handoff.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** The committed inputs of a fuzz target: seeds, what a long run has found worth keeping, and every finding. */
public final class FuzzCorpus {

    private FuzzCorpus() {}

    /** One file. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Input(String name, byte[] bytes) {
        @Override
        public String toString() {
            return name;
        }
    }

    public static Stream<Input> of(String target) throws IOException, URISyntaxException {
        URL directory = Objects.requireNonNull(FuzzCorpus.class.getResource("/fuzz/" + target), target);
        try (Stream<Path> files = Files.list(Path.of(directory.toURI()))) {
            return files.sorted().map(FuzzCorpus::read).toList().stream();
        }
    }

    private static Input read(Path file) {
        try {
            return new Input(file.getFileName().toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
