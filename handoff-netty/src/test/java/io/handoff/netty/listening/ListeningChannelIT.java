package io.handoff.netty.listening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.netty.Libc;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoDescriptorsLeft.class)
class ListeningChannelIT {

    private @Nullable ListeningChannel listening;

    @BeforeAll
    static void loadNetty() {
        Epoll.ensureAvailability();
    }

    @AfterEach
    void close() {
        if (listening != null) {
            listening.unsafe().closeForcibly();
        }
    }

    private Channel connectionOf(int accepted) {
        listening =
                new ListeningChannel(Socket.newSocketDomain(), number -> new EpollDomainSocketChannel(number, true));
        return listening.connectionOf(accepted);
    }

    @Test
    void shouldCloseWhatNoChannelCanBeMadeOf() throws Exception {
        int notASocket = FileDescriptor.from("/dev/null").intValue();

        assertThatThrownBy(() -> connectionOf(notASocket)).isInstanceOf(ChannelException.class);
    }

    @Test
    void shouldMakeAnOpenChannelOfAConnection() {
        int[] pair = new int[2];
        Libc.checked(Libc.C.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM, 0, pair));

        Channel connection = connectionOf(pair[0]);

        assertThat(connection.isActive()).isTrue();
        connection.unsafe().closeForcibly();
        Libc.C.close(pair[1]);
    }
}
