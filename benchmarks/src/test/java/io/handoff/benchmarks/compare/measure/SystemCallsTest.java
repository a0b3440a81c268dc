package io.handoff.benchmarks.compare.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemCallsTest {

    @TempDir
    private Path directory;

    @Test
    void shouldAddUpTheCallsOfAServer() throws Exception {
        SystemCalls calls =
                read("{\"reference\": {\"read\": 1.5}, \"handoff backend\": {\"sendto\": 2.00, \"futex\": 0.04}}");
        assertThat(calls.servers()).containsExactly("reference", "handoff backend");
        assertThat(calls.total(SystemCalls.OURS)).isCloseTo(2.04, within(1e-9));
        assertThat(calls.of("reference", "read")).isEqualTo(1.5);
        assertThat(calls.of("reference", "sendto")).isZero();
    }

    @Test
    void shouldSayOfWhomNothingWasCounted() throws Exception {
        SystemCalls calls = read("{\"reference\": {\"read\": 1.5}}");
        assertThatThrownBy(() -> calls.total(SystemCalls.OURS)).hasMessageContaining("handoff backend");
    }

    private SystemCalls read(String json) throws Exception {
        return SystemCalls.read(Files.writeString(directory.resolve("calls.json"), json));
    }
}
