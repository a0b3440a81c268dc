package io.handoff.netty.listening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A socket file of which it cannot be told, once it is made, which one it is. */
@ExtendWith(NoDescriptorsLeft.class)
class FileLookupIT {

    @TempDir
    Path directory;

    @Test
    void shouldLeaveNoFileBehindWhenItCannotBeTold() {
        Path path = directory.resolve("s");
        Epoll.ensureAvailability();

        assertThatThrownBy(() -> ListeningSocket.bind(path, LibcSocketCalls.INSTANCE, made -> {
                    assertThat(made).exists();
                    throw new FileSystemException(made.toString(), null, "Input/output error");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot listen on " + path + ": java.nio.file.FileSystemException: " + path
                        + ": Input/output error");
        assertThat(directory).isEmptyDirectory();
    }
}
