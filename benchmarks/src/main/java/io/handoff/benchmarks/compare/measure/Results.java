package io.handoff.benchmarks.compare.measure;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.handoff.benchmarks.compare.contender.Contender;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Everything that was measured.
 *
 * @param load the servers side by side
 * @param brokers in each round
 * @param idleMemory in each round
 * @param expiry several times in one process
 * @param calls counted one at a time
 * @param jmh written to a file of its own
 */
public record Results(
        Measurements load,
        List<BrokerRate> brokers,
        List<IdleMemory> idleMemory,
        List<ExpiryPause> expiry,
        SystemCalls calls,
        @JsonIgnore MicroBenchmarks jmh) {

    /** What one broker has handed over in a second, divided by what the other has in the same round. */
    public Spread brokers(Contender broker, Contender divisor) {
        List<BrokerRate> divisors = of(divisor);
        List<BrokerRate> dividends = of(broker);
        return Spread.of(IntStream.range(0, dividends.size())
                .mapToDouble(round ->
                        dividends.get(round).perSecond() / divisors.get(round).perSecond()));
    }

    /** What one broker has handed over in a second. */
    public Spread brokers(Contender broker) {
        return Spread.of(of(broker).stream().mapToDouble(BrokerRate::perSecond));
    }

    private List<BrokerRate> of(Contender broker) {
        return brokers.stream().filter(rate -> rate.broker() == broker).toList();
    }

    /** A line for each measurement that met errors. */
    public List<String> errors() {
        return Stream.concat(
                        load.errors().stream(),
                        brokers.stream()
                                .filter(rate -> !rate.errors().isEmpty())
                                .map(rate -> "broker, " + rate.broker().title() + ", round " + rate.round() + ": "
                                        + rate.errors()))
                .toList();
    }

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
