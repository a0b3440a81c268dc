package io.handoff.reliability.closing;

import static io.handoff.reliability.Reliability.sized;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.benchmarks.host.LineProcess;
import io.handoff.benchmarks.host.OpenSockets;
import io.handoff.reliability.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No client is lost when a backend is closed under load: it has the answer of the backend, or of the broker that keeps it. */
class CloseIT {

    private static final List<Integer> BROKERS = List.of(2, 4, 32);
    private static final List<String> JVM_FLAGS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m");

    /** RLIMIT_NOFILE of the backend. */
    private static final int DESCRIPTORS = 256;

    /** A backend serves up to so many clients of each broker before it is closed. */
    private static final int SERVED_PER_BROKER = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final int closes = sized(200, 10);
    private final Random random = new Random(15);

    @TempDir
    Path directory;

    @Test
    void shouldLoseNoClientWhenABackendClosesUnderLoad() throws Exception {
        List<CloseRow> rows = new ArrayList<>();
        for (Close close : Close.values()) {
            for (int brokers : BROKERS) {
                rows.add(closeUnderLoad(close, brokers));
            }
        }
        ClosePage.write(closes, rows);
        assertThat(rows)
                .allSatisfy(row -> assertThat(row.lost()).as(row.toString()).isZero());
    }

    private CloseRow closeUnderLoad(Close close, int brokers) throws Exception {
        Path socket = directory.resolve(close.name().charAt(0) + "" + brokers);
        try (LineProcess backend = ChildJvm.startWithDescriptors(
                DESCRIPTORS, ClosingBackend.class, JVM_FLAGS, List.of(socket.toString(), close.name()))) {
            tell(backend, ClosingBackend.START);
            backend.ask(ClosingBackend.CLOSE);
            long sockets = OpenSockets.of(backend.handle());
            tell(backend, ClosingBackend.START);
            CloseRow row = closeUnderLoad(close, brokers, backend, socket);
            await().alias("sockets left: " + row)
                    .atMost(PATIENCE)
                    .until(() -> OpenSockets.of(backend.handle()), open -> open == sockets);
            return row;
        }
    }

    private CloseRow closeUnderLoad(Close close, int brokers, LineProcess backend, Path socket) throws Exception {
        long longestNanos = 0;
        try (LoadedBrokers load = LoadedBrokers.start(brokers, socket)) {
            for (int i = 0; i < closes; i++) {
                load.awaitServed(1 + random.nextInt(SERVED_PER_BROKER * brokers));
                if (close == Close.IN_THE_PAUSE) {
                    tell(backend, ClosingBackend.FILL);
                    load.awaitAllWaiting();
                }
                longestNanos = Math.max(longestNanos, Long.parseLong(backend.ask(ClosingBackend.CLOSE)));
                // Whoever waits at a socket that was passed waits for this one.
                tell(backend, ClosingBackend.START);
            }
            load.end();
            backend.ask(ClosingBackend.CLOSE);
            return new CloseRow(
                    close,
                    brokers,
                    load.servedByBackend(),
                    load.keptByBroker(),
                    load.lost(),
                    load.failures(),
                    longestNanos);
        }
    }

    private static void tell(LineProcess backend, String command) throws IOException {
        assertThat(backend.ask(command)).isEqualTo(command);
    }
}
