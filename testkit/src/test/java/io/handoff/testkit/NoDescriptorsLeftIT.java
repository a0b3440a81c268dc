package io.handoff.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

class NoDescriptorsLeftIT {

    private static final List<ClientConnection> LEFT = new ArrayList<>();

    static class Leaving {
        @RegisterExtension
        final NoDescriptorsLeft impatient = new NoDescriptorsLeft(Duration.ofMillis(1));

        @Test
        void shouldLeaveASocket() throws Exception {
            LEFT.add(ClientConnection.unix());
        }
    }

    @ExtendWith(NoDescriptorsLeft.class)
    static class ClosingLater {
        @Test
        void shouldCloseASocketInAWhile() throws Exception {
            ClientConnection connection = ClientConnection.unix();
            Executor later = CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);
            later.execute(connection::close);
        }
    }

    @Test
    void shouldFailATestThatLeavesASocketOpen() {
        assertThat(ExtensionRun.failuresOf(Leaving.class))
                .singleElement()
                .asString()
                .matches("descriptors left open by the test: \\[\\d+ -> socket:\\[\\d+], \\d+ -> socket:\\[\\d+]]");
        LEFT.forEach(ClientConnection::close);
    }

    @Test
    void shouldWaitForWhatIsClosedInAWhile() {
        assertThat(ExtensionRun.failuresOf(ClosingLater.class)).isEmpty();
    }
}
