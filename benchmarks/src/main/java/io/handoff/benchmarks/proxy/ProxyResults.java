package io.handoff.benchmarks.proxy;

import io.handoff.benchmarks.compare.measure.Spread;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Everything that was measured.
 *
 * @param samples of all rounds, in the order of time
 * @param idle of all rounds
 */
record ProxyResults(List<Sample> samples, List<Idle> idle) {

    /** One value over the rounds. */
    Spread spread(Way way, Load load, int clients, ToDoubleFunction<Sample> value) {
        return Spread.of(of(way, load, clients).mapToDouble(value));
    }

    /** One value divided by that of another way in the same round, over the rounds. */
    Spread ratio(Way way, Way divisor, Load load, int clients, ToDoubleFunction<Sample> value) {
        return Spread.of(of(way, load, clients)
                .mapToDouble(sample -> value.applyAsDouble(sample)
                        / value.applyAsDouble(inRound(sample.round(), divisor, load, clients))));
    }

    long errors(Way way, Load load, int clients) {
        return of(way, load, clients).mapToLong(Sample::errors).sum();
    }

    /** Whether no connection came to nothing. */
    boolean hasNoErrors() {
        return samples.stream().allMatch(sample -> sample.errors() == 0);
    }

    Spread idleBytes(Way way) {
        return Spread.of(idle.stream().filter(measured -> measured.way() == way).mapToDouble(Idle::bytes));
    }

    /** With how many requests on one connection a handoff has cost no more than HAProxy, over the rounds. */
    Spread requestsUntilPaid(int clients, ToDoubleFunction<Sample> cost) {
        return Spread.of(of(Way.HANDOFF, Load.CONNECTIONS, clients)
                .mapToDouble(sample -> requestsUntilPaid(
                        saved(sample.round(), Load.CONNECTIONS, clients, cost),
                        saved(sample.round(), Load.REQUESTS, clients, cost))));
    }

    private double saved(int round, Load load, int clients, ToDoubleFunction<Sample> cost) {
        return cost.applyAsDouble(inRound(round, Way.HAPROXY, load, clients))
                - cost.applyAsDouble(inRound(round, Way.HANDOFF, load, clients));
    }

    /** The first request is part of the connection, and the others make up for it: infinity if they do not. */
    static double requestsUntilPaid(double savedByConnection, double savedByRequest) {
        if (savedByConnection >= 0) {
            return 1;
        }
        return savedByRequest <= 0 ? Double.POSITIVE_INFINITY : 1 + Math.ceil(-savedByConnection / savedByRequest);
    }

    private Sample inRound(int round, Way way, Load load, int clients) {
        return of(way, load, clients)
                .filter(sample -> sample.round() == round)
                .findFirst()
                .orElseThrow();
    }

    private Stream<Sample> of(Way way, Load load, int clients) {
        return samples.stream()
                .filter(sample -> sample.way() == way && sample.load() == load && sample.clients() == clients);
    }
}
