package io.handoff.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This process' effective user id, which Java has no call for. */
final class ProcessUid {

    private ProcessUid() {}

    /** Reads the second of the four ids in the {@code Uid:} line of proc_pid_status(5). */
    static int effective() {
        Path status = Path.of("/proc/self/status");
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("Uid:"))
                    .map(line -> Integer.parseUnsignedInt(line.split("\\s+", -1)[2]))
                    .findFirst()
                    .orElseThrow(() -> new IOException(status + " has no Uid line"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell this process' user id", e);
        }
    }
}
