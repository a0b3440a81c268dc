package io.handoff.netty.adoption;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Options of a socket whose number stands for something else meanwhile: each call fails, with ENOTSOCK. */
@ExtendWith(NoDescriptorsLeft.class)
class SocketOptionIT {

    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVLOWAT = 18;

    private LinuxSocket socket;

    @BeforeEach
    void replace() {
        Epoll.ensureAvailability();
        socket = LinuxSocket.newSocketStream();
        int other = checked(C.eventfd(0, 0));
        checked(C.dup2(other, socket.intValue()));
        C.close(other);
        assertThatThrownBy(() -> socket.setIntOpt(SOL_SOCKET, SO_RCVLOWAT, 1)).isInstanceOf(ChannelException.class);
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
    }

    @Test
    void shouldGoOnWhenWhatHurtsTheLoopCannotBeTakenBack() {
        assertThatCode(() -> SocketOption.makeHarmless(socket)).doesNotThrowAnyException();
    }

    @Test
    void shouldGoOnWhenTheErrorQueueCannotBeSwitchedOff() {
        assertThatCode(() -> SocketOption.queueNoErrors(socket)).doesNotThrowAnyException();
    }
}
