package io.handoff.benchmarks.compare.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class IdleMemoryIT {

    /** A channel with its pipeline takes some objects, and no idle connection a buffer of its own. */
    @Test
    void shouldFindSomeKilobytesForEachConnection() throws Exception {
        IdleMemory memory = IdleMemory.measure(500);
        assertThat(List.of(memory.control(), memory.adopted(), memory.nettyOwn()))
                .allSatisfy(each -> assertThat(each.heap()).isBetween(500.0, 8192.0));
    }
}
