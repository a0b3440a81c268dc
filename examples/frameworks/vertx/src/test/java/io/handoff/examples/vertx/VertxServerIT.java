package io.handoff.examples.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.examples.harness.Clients;
import io.handoff.examples.harness.ServedConnections;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The JDK's clients meet Vert.x's server; a broker in a process of its own hands the connections over. */
class VertxServerIT extends ServedConnections {

    private static final int PATIENCE_SECONDS = 30;

    @Override
    protected Served startServer(Path socket) throws Exception {
        int port = Clients.freePort();
        VertxServer server = new VertxServer(socket, new InetSocketAddress("localhost", 80), port);
        return new Served(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), server::stop);
    }

    @Override
    protected String greeting(InetSocketAddress client, InetSocketAddress server) {
        return "hello 127.0.0.1:" + client.getPort() + ", this is 127.0.0.1:" + server.getPort() + "\n";
    }

    private static String verticle(String answer) {
        return answer.lines()
                .filter(line -> line.startsWith("verticle: "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldEchoOnAWebSocket() throws Exception {
        BlockingQueue<String> echoes = new LinkedBlockingQueue<>();
        WebSocket socket = HTTP.http1()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + broker.address().getPort() + "/"), new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                        echoes.add(text.toString());
                        socket.request(1);
                        return null;
                    }

                    @Override
                    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
                        echoes.add("closed with " + status);
                        return null;
                    }
                })
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        for (int i = 0; i < 100; i++) {
            String text = "message " + i;
            socket.sendText(text, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(echoes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(text);
        }
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(echoes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("closed with 1000");
    }

    @Test
    void shouldAnswer64ClientsAtOnceWithBothVerticles() throws Exception {
        List<String> answers = Clients.together(CLIENTS, () -> ask(broker.address()));

        Set<String> verticles = new HashSet<>();
        answers.forEach(answer -> verticles.add(verticle(answer)));
        assertThat(verticles).hasSize(2);
        assertThat(answers)
                .filteredOn(answer -> verticles.iterator().next().equals(verticle(answer)))
                .as("answers of one verticle, in turn with the other")
                .hasSize(CLIENTS / 2);
        broker.stop();
        assertThat(broker.accepted()).isEqualTo(CLIENTS);
    }
}
