package io.handoff.netty;

import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A version of the reference that the build has made programs of, and where its versions differ. The differences stand here
 * and in {@code docs/wire-differences.md}.
 */
public record ReferenceVersion(String number) {

    /** All that are tested against; profile {@code interop} names them. */
    public static Stream<ReferenceVersion> all() {
        return Stream.of(property("handoff.reference.versions").split(" ", -1)).map(ReferenceVersion::new);
    }

    /** The program in {@code src/it/reference-peer}. */
    public String peer() {
        return built("reference-peer");
    }

    /** The crate's own tests, where ours may take the place of its backend and of its broker. */
    String tests() {
        return built("reference-tests");
    }

    /** What its broker says of an ACK at which it looks when the deadline is over. */
    String lateAck() {
        return isAtLeast("4.10")
                ? "failed to read HandoffAck frame: I/O error: timed out waiting for broker peer to send a complete frame"
                : "backend HandoffAck arrived after the ACK deadline";
    }

    /** What its whole broker logs of a rejection. */
    String rejectionLog(String rejection) {
        return "running-process-broker: handoff fallback: abandoned at AwaitAck stage: " + rejection
                + (isAtLeast("4.10")
                        ? "; a transferred connection copy remains in the backend"
                        : "; a duplicated descriptor already reached the backend and lives until it closes it");
    }

    private boolean isAtLeast(String other) {
        return Version.parse(number).compareTo(Version.parse(other)) >= 0;
    }

    private String built(String program) {
        return Path.of(property("handoff.reference.directory"), number, program)
                .toAbsolutePath()
                .toString();
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name + "; run with -Pinterop");
    }

    @Override
    public String toString() {
        return number;
    }
}
