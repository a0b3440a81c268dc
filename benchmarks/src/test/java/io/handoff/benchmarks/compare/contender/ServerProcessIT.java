package io.handoff.benchmarks.compare.contender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerProcessIT {

    @Test
    void shouldEndTheServerWhenItIsClosed() throws Exception {
        try (SocketDirectory directory = SocketDirectory.create()) {
            ServerProcess server = ServerProcess.start(ServerCommands.floor(plan(directory.socket())));
            List<ProcessHandle> children = ProcessHandle.current().children().toList();
            assertThat(server.openSockets()).isPositive();
            server.close();
            assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
        }
    }

    @Test
    void shouldSayWhatWasPrintedWhenAServerDoesNotListen() {
        assertThatThrownBy(() -> ServerProcess.start(List.of("echo", "something else")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("something else");
        assertThatThrownBy(() -> ServerProcess.start(List.of("true"))).hasMessageContaining("the end of its output");
    }

    private static LoadPlan plan(Path socket) {
        return new LoadPlan(socket, LoadMode.FRESH, 1, 1, Duration.ZERO, Duration.ofSeconds(1), true);
    }
}
