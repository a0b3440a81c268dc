package io.handoff.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoDescriptorsLeft.class)
class BlockingSocketIT {

    @Test
    void shouldTalkOverUnixAndTcp() throws Exception {
        for (ClientConnection connection : new ClientConnection[] {ClientConnection.unix(), ClientConnection.tcp()}) {
            try (connection) {
                connection.client().send("hellö");
                assertThat(connection.accepted().receiveText(6)).isEqualTo("hellö");
                connection.accepted().send(new byte[] {1, 2}).shutdownOutput();
                assertThat(connection.client().receiveToEnd()).containsExactly(1, 2);
                connection.client().send("still");
                assertThat(connection.accepted().receiveText(5)).isEqualTo("still");
            }
        }
    }

    @Test
    void shouldFailWhoWritesToAnEndThatReceivesNothingAnyMore() throws Exception {
        try (ClientConnection connection = ClientConnection.unix()) {
            connection.client().shutdownInput();

            assertThatThrownBy(() -> connection.accepted().send("answer")).isInstanceOf(IOException.class);
            connection.client().send("still");
            assertThat(connection.accepted().receiveText(5)).isEqualTo("still");
        }
    }

    @Test
    void shouldSendMoreThanASocketHolds() throws Exception {
        byte[] much = new byte[3 << 20];
        new SplittableRandom(1).nextBytes(much);
        try (ClientConnection connection = ClientConnection.unix()) {
            CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> {
                try {
                    return connection.accepted().receive(much.length);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });

            connection.client().send(much);

            assertThat(received.get()).isEqualTo(much);
        }
    }

    @Test
    void shouldSendAndReceiveWithoutWaiting() throws Exception {
        byte[] piece = new byte[100_000];
        try (ClientConnection connection = ClientConnection.unix()) {
            assertThat(connection.accepted().receiveNow()).isEmpty();
            int total = 0;
            int sent = 1;
            while (sent > 0) {
                sent = connection.client().sendNow(piece);
                total += sent;
            }
            assertThat(connection.accepted().receiveNow()).hasSize(total);

            connection.accepted().close();

            assertThat(connection.client().receiveNow()).isEmpty();
            assertThatThrownBy(() -> connection.client().sendNow(piece)).hasMessage("sendmsg failed: Broken pipe");
        }
    }

    @Test
    void shouldSayHowMuchIsMissingWhenTheConnectionEnds() throws Exception {
        try (ClientConnection connection = ClientConnection.unix()) {
            connection.client().send("abc").close();

            assertThatThrownBy(() -> connection.accepted().receive(16))
                    .isInstanceOf(EOFException.class)
                    .hasMessage("the connection ended after 3 of 16 bytes");
        }
    }

    @Test
    void shouldResetATcpConnection() throws Exception {
        try (ClientConnection connection = ClientConnection.tcp()) {
            connection.client().reset();

            assertThatThrownBy(() -> connection.accepted().receive(1))
                    .hasMessage("recv failed: Connection reset by peer");
            assertThat(connection.accepted().receiveToEnd()).isEmpty();
        }
        try (ClientConnection connection = ClientConnection.tcp()) {
            connection.client().reset();

            assertThat(connection.accepted().receiveToEnd()).isEmpty();
        }
    }

    @Test
    void shouldConnectToWhoeverListens() throws Exception {
        for (String loopback : new String[] {"127.0.0.1", "::1"}) {
            try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getByName(loopback));
                    BlockingSocket socket = BlockingSocket.connect(listening.getLocalSocketAddress());
                    Socket accepted = listening.accept()) {
                socket.send("x");
                assertThat(accepted.getInputStream().read()).isEqualTo('x');
            } catch (java.net.BindException e) {
                assertThat(loopback)
                        .as("this machine has only IPv4: " + e.getMessage())
                        .isEqualTo("::1");
            }
        }
    }

    @Test
    void shouldFailWhenNobodyListens(@TempDir Path directory) throws Exception {
        ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        closed.close();

        assertThatThrownBy(() -> BlockingSocket.connect(closed.getLocalSocketAddress()))
                .isInstanceOf(IOException.class)
                .hasMessage("connect failed: Connection refused");
        assertThatThrownBy(() -> TestBroker.connect(directory.resolve("none")))
                .isInstanceOf(IOException.class)
                .hasMessage("connect failed: No such file or directory");
        assertThatThrownBy(() -> BlockingSocket.connect(InetSocketAddress.createUnresolved("there", 1)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot connect to there");
    }

    @Test
    void shouldWaitUntilItIsInterrupted() throws Exception {
        try (ClientConnection connection = ClientConnection.unix()) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> connection.client().receive(1)).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void shouldCloseOnceAndBeOfNoUseAfterwards() throws Exception {
        ClientConnection connection = ClientConnection.unix();
        connection.close();
        connection.close();

        assertThatThrownBy(() -> connection.client().send("x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldNoticeThatSomebodyElseHasClosedTheDescriptor() throws Exception {
        try (ClientConnection connection = ClientConnection.unix()) {
            // The number stays free: nothing else runs in this test.
            BlockingSocket twin = BlockingSocket.of(connection.client().descriptor());
            connection.client().close();

            assertThatThrownBy(twin::close)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("somebody else has closed descriptor ");
        }
    }
}
