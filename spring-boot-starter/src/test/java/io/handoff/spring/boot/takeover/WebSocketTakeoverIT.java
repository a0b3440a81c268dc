package io.handoff.spring.boot.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.testkit.NoDescriptorsLeft;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;

/** Releases of an application that take each other's place, and WebSocket clients that talk all the while. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(240)
class WebSocketTakeoverIT {

    private static final int CLIENTS = 20;
    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    Path directory;

    private ReactiveWebServerApplicationContext release(int number, String... properties) {
        return Release.start(directory.resolve("" + number), directory.resolve("" + (number + 1)), properties);
    }

    private static int portOf(ReactiveWebServerApplicationContext release) {
        return Objects.requireNonNull(release.getWebServer()).getPort();
    }

    private static void awaitMore(List<NumberedTalk> talks) {
        int[] before = talks.stream().mapToInt(NumberedTalk::answered).toArray();
        for (int talk = 0; talk < before.length; talk++) {
            NumberedTalk each = talks.get(talk);
            int answered = before[talk];
            await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .until(() -> each.answered() > answered || each.hasFailed());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/at-once", "/later"})
    void shouldMoveEachWebSocketOnAndOnWithoutLosingAMessage(String path) throws Exception {
        List<RawWebSocket> clients = new ArrayList<>();
        ReactiveWebServerApplicationContext serving = release(1);
        try {
            List<NumberedTalk> talks = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                clients.add(RawWebSocket.open(portOf(serving), path));
                talks.add(NumberedTalk.begin(clients.get(client)));
            }
            for (int next = 2; next <= 3; next++) {
                awaitMore(talks);
                ReactiveWebServerApplicationContext successor = release(next);
                serving.close();
                serving = successor;
            }
            awaitMore(talks);

            for (NumberedTalk talk : talks) {
                assertThat(talk.end().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isPositive();
            }
        } finally {
            for (RawWebSocket client : clients) {
                client.close();
            }
            serving.close();
        }
    }
}
