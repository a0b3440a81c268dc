package io.handoff.netty.descriptor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The user ids that this process has to know, and Java has no call for. */
public final class ProcessUid {

    private static final int ROOT = 0;
    private static final int DEFAULT_OVERFLOW = 65534;

    /** The one line of the initial user namespace in proc_pid_uid_map(5): all ids are known, under their own numbers. */
    private static final String EVERYBODY = "0 0 4294967295";

    private ProcessUid() {}

    /** Reads the second of the four ids in the {@code Uid:} line of proc_pid_status(5). */
    public static int effective() {
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

    /**
     * The id that the kernel shows for every user whom the user namespace of this process does not know
     * (user_namespaces(7)), so that whoever has it may be anybody.
     */
    public static int overflow() {
        // The file is there to be read at once: a second read, of what a small buffer left, finds its end.
        try (BufferedReader file = Files.newBufferedReader(Path.of("/proc/sys/kernel/overflowuid"))) {
            return Integer.parseUnsignedInt(String.valueOf(file.readLine()));
        } catch (IOException | NumberFormatException e) {
            return DEFAULT_OVERFLOW;
        }
    }

    /** Whether an id may be that of a user whom the user namespace of this process does not know. */
    static boolean standsForUnknown(int uid) {
        return uid == overflow() && !knowsEverybody();
    }

    private static boolean knowsEverybody() {
        try {
            String map = Files.readString(Path.of("/proc/self/uid_map"));
            return map.trim().replaceAll("\\s+", " ").equals(EVERYBODY);
        } catch (IOException e) {
            return false;
        }
    }

    /** Whom a process of that user may take for itself, and root. Whoever is unknown has the overflow id. */
    public static int[] ownAndRoot(int own, int overflow) {
        return own == overflow ? new int[] {ROOT} : new int[] {ROOT, own};
    }
}
