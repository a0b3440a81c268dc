package io.handoff.benchmarks.compare.measure;

import io.handoff.benchmarks.compare.contender.Contender;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * What all rounds have measured, to be put together.
 *
 * @param all in the order in which they were made
 */
public record Measurements(List<Measurement> all) {

    /** One value of one server over the rounds. */
    public Spread spread(Comparison comparison, Contender server, ToDoubleFunction<Measurement> value) {
        return Spread.of(of(comparison, server).stream().mapToDouble(value));
    }

    /** One value of a server divided by that of another in the same round, over the rounds. */
    public Spread ratio(
            Comparison comparison, Contender server, Contender divisor, ToDoubleFunction<Measurement> value) {
        return Spread.of(of(comparison, server).stream()
                .mapToDouble(measured -> value.applyAsDouble(measured)
                        / value.applyAsDouble(inRound(comparison, divisor, measured.round()))));
    }

    /** The latencies of all rounds, in nanoseconds. */
    public Histogram latencyNanos(Comparison comparison, Contender server) {
        List<Measurement> rounds = of(comparison, server);
        Histogram sum = rounds.get(0).latencyNanos().copy();
        rounds.stream().skip(1).map(Measurement::latencyNanos).forEach(sum::add);
        return sum;
    }

    /** How many errors one server met. */
    public long errors(Comparison comparison, Contender server) {
        return of(comparison, server).stream()
                .flatMap(measured -> measured.errors().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** A line for each measurement that met errors. */
    public List<String> errors() {
        return all.stream()
                .filter(measured -> !measured.errors().isEmpty())
                .map(measured -> measured.comparison() + ", "
                        + measured.server().title() + ", round " + measured.round() + ": " + measured.errors())
                .toList();
    }

    private Measurement inRound(Comparison comparison, Contender server, int round) {
        return of(comparison, server).stream()
                .filter(measured -> measured.round() == round)
                .findFirst()
                .orElseThrow();
    }

    private List<Measurement> of(Comparison comparison, Contender server) {
        return all.stream()
                .filter(measured -> measured.comparison().equals(comparison.name()) && measured.server() == server)
                .toList();
    }
}
