package io.handoff.netty.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemRefusalTest {

    private static final Path BACKEND = Path.of("/backend.sock");

    /** The texts of the system's errors come from Netty's native part. */
    @BeforeAll
    static void loadTheErrors() {
        Epoll.ensureAvailability();
    }

    @ParameterizedTest
    @CsvSource({
        "24, this process has no descriptor left (RLIMIT_NOFILE)",
        "23, the system has no descriptor left (fs.file-max)",
        "12, the kernel has no memory for it"
    })
    void shouldNotBlameTheBackendForASocketThatCannotBeMade(int errno, String why) {
        HandoffBrokerException told =
                SystemRefusal.ofSocket(new ChannelException(Errors.newIOException("newSocketDomain", -errno)));

        assertThat(told).hasMessageStartingWith("no socket to the backend could be made: " + why + ": ");
        assertThat(told.isOurs()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "111, nobody listens at /backend.sock, false",
        "13, no permission to connect to /backend.sock, false",
        "1, no permission to connect to /backend.sock, false",
        "91, no connection to /backend.sock could be made, false",
        "105, no connection to the backend could be made: the kernel has no memory for it, true"
    })
    void shouldTellWhyAConnectionFailed(int errno, String why, boolean isOurs) {
        HandoffBrokerException told = SystemRefusal.ofConnect(BACKEND, failedConnect(errno));

        assertThat(told).hasMessage(why + ": connect(..) failed with error(-" + errno + "): whatever");
        assertThat(told.isOurs()).isEqualTo(isOurs);
    }

    @Test
    void shouldTellThatThereIsNoSocketFile() {
        assertThat(SystemRefusal.ofConnect(BACKEND, new FileNotFoundException()))
                .hasMessage("no backend at /backend.sock: no such file");
    }

    @Test
    void shouldNotBlameTheBackendWhereEpollTakesNoMore() {
        UncheckedIOException refused = new UncheckedIOException(Errors.newIOException("epoll_ctl", -28));

        HandoffBrokerException told = SystemRefusal.ofConnect(BACKEND, refused);

        assertThat(told)
                .hasMessageStartingWith("the connection to the backend cannot be watched: this user watches too much");
        assertThat(told.isOurs()).isTrue();
    }

    @Test
    void shouldTellAFullBacklogFromOtherFailures() {
        assertThat(SystemRefusal.isFullBacklog(failedConnect(11))).isTrue();
        assertThat(SystemRefusal.isFullBacklog(failedConnect(111))).isFalse();
        assertThat(SystemRefusal.isFullBacklog(new FileNotFoundException())).isFalse();
    }

    /** As Netty words it. */
    private static ConnectException failedConnect(int errno) {
        return new ConnectException("connect(..) failed with error(-" + errno + "): whatever");
    }
}
