package io.handoff.netty.descriptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The two calls that look at what waits at a socket and leave it there. */
@ExtendWith(NoDescriptorsLeft.class)
class PeekCallsIT {

    private static final SocketCalls CALLS = LibcSocketCalls.INSTANCE;

    enum Family {
        TCP,
        UNIX;

        ClientConnection connection() throws IOException {
            return this == TCP ? ClientConnection.tcp() : ClientConnection.unix();
        }
    }

    @BeforeAll
    static void loadTheNativeCode() {
        Epoll.ensureAvailability();
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowTheSameBytesAgainAndLeaveThemToBeRead(Family family) throws Exception {
        try (ClientConnection connection = family.connection()) {
            FileDescriptor socket = socketOf(connection);
            connection.client().send("hello");
            await().until(() -> CALLS.readable(socket) == 5);
            byte[] part = new byte[3];
            byte[] more = new byte[8];

            assertThat(CALLS.peek(socket, part)).isEqualTo(3);
            assertThat(CALLS.peek(socket, more)).isEqualTo(5);

            assertThat(part).asString(StandardCharsets.US_ASCII).isEqualTo("hel");
            assertThat(Arrays.copyOf(more, 5))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("hello");
            assertThat(CALLS.readable(socket)).isEqualTo(5);
            assertThat(connection.accepted().receiveText(5)).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellNothingYetFromTheEnd(Family family) throws Exception {
        try (ClientConnection connection = family.connection()) {
            FileDescriptor socket = socketOf(connection);
            assertThat(CALLS.readable(socket)).isZero();
            assertThat(CALLS.peek(socket, new byte[1])).isZero();

            connection.client().send("x").shutdownOutput();

            await().until(() -> CALLS.readable(socket) == 1);
            assertThat(CALLS.peek(socket, new byte[1])).isEqualTo(1);
            assertThat(connection.accepted().receiveText(1)).isEqualTo("x");
            await().until(() -> CALLS.peek(socket, new byte[1]) == -1);
            assertThat(CALLS.readable(socket)).isZero();
        }
    }

    @Test
    void shouldFailAtAConnectionThatWasReset() throws Exception {
        try (ClientConnection connection = ClientConnection.tcp()) {
            FileDescriptor socket = socketOf(connection);
            connection.client().reset();
            await().until(() -> CALLS.hasPendingError(socket));

            assertThat(CALLS.readable(socket)).isZero();
            assertThatThrownBy(() -> CALLS.peek(socket, new byte[1]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("recv")
                    .hasMessageContaining("Connection reset by peer");
        }
    }

    private static FileDescriptor socketOf(ClientConnection connection) {
        return new FileDescriptor(connection.accepted().descriptor());
    }
}
