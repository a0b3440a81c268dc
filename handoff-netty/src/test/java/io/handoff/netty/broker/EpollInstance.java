package io.handoff.netty.broker;

import com.sun.jna.Memory;
import com.sun.jna.Platform;
import io.handoff.netty.Libc;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The epoll instance of an event loop, looked at and changed behind Netty's back. */
final class EpollInstance {

    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLLIN = 1;

    private final Path info;

    private EpollInstance(Path info) {
        this.info = info;
    }

    /** The one in which a descriptor is. */
    static EpollInstance with(FileDescriptor descriptor) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fdinfo"))) {
            for (Path info : (Iterable<Path>) all::iterator) {
                EpollInstance instance = new EpollInstance(info);
                if (instance.has(descriptor)) {
                    return instance;
                }
            }
        }
        throw new AssertionError("in no epoll instance: " + descriptor);
    }

    boolean has(FileDescriptor descriptor) throws IOException {
        try {
            return Files.readAllLines(info).stream()
                    .anyMatch(line -> line.matches("tfd: +" + descriptor.intValue() + " .*"));
        } catch (NoSuchFileException e) {
            // Closed since it was listed, so it is nobody's who is looked for.
            return false;
        }
    }

    /** As it is where a call that should have taken it out has failed. */
    void leaveIn(FileDescriptor descriptor) {
        // struct epoll_event, which only x86_64 packs: uint32_t events; epoll_data_t data.
        try (Memory event = new Memory(16)) {
            event.setInt(0, EPOLLIN);
            event.setLong(Platform.isARM() ? 8 : 4, descriptor.intValue());
            int instance = Integer.parseInt(info.getFileName().toString());
            Libc.checked(Libc.C.epoll_ctl(instance, EPOLL_CTL_ADD, descriptor.intValue(), event));
        }
    }
}
