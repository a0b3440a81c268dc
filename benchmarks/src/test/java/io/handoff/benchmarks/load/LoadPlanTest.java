package io.handoff.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadPlanTest {

    private static LoadPlan plan(LoadMode mode, int concurrency, int depth, long warmUp, long duration) {
        return new LoadPlan(
                Path.of("s"),
                mode,
                concurrency,
                depth,
                Duration.ofSeconds(warmUp),
                Duration.ofSeconds(duration),
                false);
    }

    @Test
    void shouldHaveASlotForEachOfferOutstanding() {
        assertThat(plan(LoadMode.PIPELINED, 3, 4, 0, 1).slots()).isEqualTo(12);
        assertThat(plan(LoadMode.DESCRIPTOR, 3, 4, 0, 1).slots()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0, 1", "1, 0, 0, 1", "1, 1, -1, 1", "1, 1, 0, 0", "65537, 1, 0, 1", "65536, 65536, 0, 1"})
    void shouldRefuseWhatCannotBeRun(int concurrency, int depth, long warmUp, long duration) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(LoadMode.PIPELINED, concurrency, depth, warmUp, duration));
    }

    @Test
    void shouldGiveEachSlotATokenAndAnIdOfItsOwn() {
        Set<Object> tokens = new HashSet<>();
        for (int slot = 0; slot < LoadTokens.MAX_SLOTS; slot++) {
            tokens.add(LoadTokens.of(slot));
            assertThat(LoadTokens.slot(LoadTokens.correlationId(slot))).isEqualTo(slot);
        }
        assertThat(tokens).hasSize(LoadTokens.MAX_SLOTS);
    }

    @ParameterizedTest
    @ValueSource(longs = {999_999, 1_065_536, Long.MIN_VALUE, Long.MAX_VALUE})
    void shouldKnowNoSlotOfAnotherId(long correlationId) {
        assertThatIllegalArgumentException().isThrownBy(() -> LoadTokens.slot(correlationId));
    }
}
