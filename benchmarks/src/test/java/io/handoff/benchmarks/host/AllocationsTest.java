package io.handoff.benchmarks.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AllocationsTest {

    private static final int BYTES = 10_000_000;

    @Test
    void shouldCountWhatAThreadAllocates() {
        long before = Allocations.bytes();
        byte[] allocated = new byte[BYTES];
        assertThat(Allocations.bytes() - before).isGreaterThanOrEqualTo(allocated.length);
    }
}
