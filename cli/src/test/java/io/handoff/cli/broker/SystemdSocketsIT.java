package io.handoff.cli.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Takes sockets as systemd passes them: by their place among the descriptors and among the names. */
@ExtendWith(NoDescriptorsLeft.class)
class SystemdSocketsIT {

    private static final long PID = 7;

    private Socket passed;

    @BeforeAll
    static void loadNativeCode() {
        Epoll.ensureAvailability();
    }

    @BeforeEach
    void listen() throws IOException {
        passed = Socket.newSocketStream();
        passed.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        passed.listen(1);
    }

    @AfterEach
    void close() throws IOException {
        passed.close();
    }

    @Test
    void shouldTakeACopyOfTheSocketThatHasTheName() throws Exception {
        // As if it were the second of them.
        ClientSocket taken =
                sockets("2", "7", "other:web", passed.intValue() - 1).take("web");
        try {
            assertThat(taken.socket().localAddress()).isEqualTo(passed.localAddress());
            assertThat(taken.socket().intValue()).isNotEqualTo(passed.intValue());
            assertThat(taken.transport()).isEqualTo(BrokerReport.Transport.TCP);
            assertThat(taken.text())
                    .isEqualTo("127.0.0.1:" + passed.localAddress().getPort());
        } finally {
            taken.socket().close();
        }
        assertThat(LibcSocketCalls.INSTANCE.localAddress(passed).family()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
              |   | web      | systemd has passed no socket: LISTEN_FDS and LISTEN_PID are not set
            1 | 8 | web      | the sockets passed are for another process: LISTEN_PID is 8, this is 7; a script that starts the JVM has to exec it
            1 | 7 |          | the sockets passed have no names: LISTEN_FDNAMES is not set
            2 | 7 | one:two  | systemd has passed no socket of that name, only: one, two
            """)
    void shouldSayWhatWasPassedInstead(
            @Nullable String count, @Nullable String pid, @Nullable String names, String expected) {
        assertThatIOException()
                .isThrownBy(() -> sockets(count, pid, names, passed.intValue()).take("web"))
                .withMessage(expected);
    }

    @Test
    void shouldTakeNothingThatDoesNotListen() throws Exception {
        Socket idle = Socket.newSocketStream();
        try {
            assertThatIOException()
                    .isThrownBy(() -> sockets("1", "7", "web", idle.intValue()).take("web"))
                    .withMessage("descriptor " + idle.intValue() + " is no listening stream socket");
        } finally {
            idle.close();
        }
    }

    private static SystemdSockets sockets(
            @Nullable String count, @Nullable String pid, @Nullable String names, int first) {
        Map<String, String> environment = new HashMap<>();
        put(environment, "LISTEN_FDS", count);
        put(environment, "LISTEN_PID", pid);
        put(environment, "LISTEN_FDNAMES", names);
        return new SystemdSockets(environment, PID, first, LibcSocketCalls.INSTANCE);
    }

    private static void put(Map<String, String> environment, String name, @Nullable String value) {
        if (value != null) {
            environment.put(name, value);
        }
    }
}
