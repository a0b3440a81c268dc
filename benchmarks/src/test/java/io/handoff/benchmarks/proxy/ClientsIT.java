package io.handoff.benchmarks.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ClientsIT {

    @Test
    void shouldCountConnectionsThatComeToNothingAndGoOn() throws Exception {
        CompletableFuture<Void> served;
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            served = CompletableFuture.runAsync(() -> refuseEveryOther(server));
            try (Clients clients = Clients.start(server.getLocalPort(), Load.CONNECTIONS, 1)) {
                Clients.Counted counted = clients.count(Duration.ofMillis(50));

                // The very first was refused.
                assertThat(counted.errors()).isPositive();
                assertThat(counted.nanos().getTotalCount()).isPositive();
            }
        }
        served.join();
    }

    /** Until the socket is closed. */
    private static void refuseEveryOther(ServerSocket server) {
        int helloBytes = ClientHello.create().readableBytes();
        for (int i = 0; !server.isClosed(); i++) {
            try (Socket client = server.accept()) {
                if (i % 2 == 1) {
                    client.getOutputStream().write(client.getInputStream().readNBytes(helloBytes));
                    // Until it has left.
                    client.getInputStream().read();
                }
            } catch (IOException e) {
                // It has reset its connection, or the test is over.
            }
        }
    }
}
