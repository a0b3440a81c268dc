package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.descriptor.LibcSocketCalls;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/** Options of a socket (asm-generic/socket.h). A kernel that does not know one has nothing to be protected from. */
enum PassedSocketOption {
    NONE(9, 0),
    SO_PASSCRED(16, 1),
    SO_PASSSEC(34, 1),
    SO_PASSPIDFD(76, 1),
    NO_SO_PASSRIGHTS(83, 0),
    SO_TIMESTAMP(29, 1),
    SO_TIMESTAMPNS(35, 1),
    SO_TIMESTAMPING(37, 0x5f),
    SO_RXQ_OVFL(40, 1),
    SO_PEEK_OFF(42, 3),
    SO_INQ(84, 1),
    SO_RCVLOWAT(18, 100),
    SO_KEEPALIVE(9, 1);

    private final int number;
    private final int value;
    final boolean letsDescriptorsThrough;

    PassedSocketOption(int number, int value) {
        this.number = number;
        this.value = value;
        this.letsDescriptorsThrough = number != 83;
    }

    void set(Socket socket) {
        try {
            LibcSocketCalls.INSTANCE.setOption(socket, number, value);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("Protocol not available");
        }
    }
}
