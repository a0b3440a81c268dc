package io.handoff.benchmarks.compare.measure;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Everything that was measured.
 *
 * @param load the servers side by side
 * @param growth with more and more handoffs at a time
 * @param idleMemory in each round
 * @param expiry several times in one process
 * @param jmh written to a file of its own
 */
public record Results(
        Measurements load,
        Measurements growth,
        List<IdleMemory> idleMemory,
        List<ExpiryPause> expiry,
        @JsonIgnore MicroBenchmarks jmh) {

    /** Some bytes of each connection. */
    public Spread idle(ToDoubleFunction<IdleMemory> bytes) {
        return Spread.of(idleMemory.stream().mapToDouble(bytes));
    }

    /** The longest call of each repetition. */
    public Spread longestExpiryMillis() {
        return Spread.of(expiry.stream().mapToDouble(ExpiryPause::longestMicros))
                .dividedBy(1000);
    }
}
