package io.handoff.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** What a process has open, as {@code /proc} shows it. */
public final class OpenDescriptors {

    private OpenDescriptors() {}

    /**
     * Lists the sockets, pipes and descriptors of the kernel's own kinds, such as epoll, that this process has open.
     *
     * @return each with its number: {@code 7 -> socket:[4711]}
     * @throws IOException if {@code /proc} cannot be read
     */
    public static Set<String> here() throws IOException {
        return of(ProcessHandle.current());
    }

    /**
     * Lists the same of any process that may be looked at.
     *
     * @param process the process
     * @return each with its number
     * @throws IOException if the process has ended, or is another user's
     */
    public static Set<String> of(ProcessHandle process) throws IOException {
        Set<String> open = new TreeSet<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            for (Path descriptor : descriptors) {
                String target = target(descriptor);
                if (target.startsWith("socket:") || target.startsWith("pipe:") || target.startsWith("anon_inode:")) {
                    open.add(descriptor.getFileName() + " -> " + target);
                }
            }
        }
        return open;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            return "closed meanwhile";
        }
    }
}
