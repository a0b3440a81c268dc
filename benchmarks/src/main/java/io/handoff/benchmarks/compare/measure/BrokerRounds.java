package io.handoff.benchmarks.compare.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.contender.ServerCommands;
import io.handoff.benchmarks.compare.contender.ServerProcess;
import io.handoff.benchmarks.compare.contender.SocketDirectory;
import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadPlan;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures brokers in turn, each in a new process and with the same backend, the floor in C: so it is the broker that is
 * slow, if any.
 *
 * @param commands how to start brokers and backend
 * @param warmUp how long a broker on a JVM hands over before it is measured
 * @param duration how long it is measured
 * @param log told of every measurement
 */
public record BrokerRounds(ServerCommands commands, Duration warmUp, Duration duration, PrintStream log) {

    /** Who is measured, in the order of each round. */
    public static final List<Contender> BROKERS = List.of(Contender.OURS, Contender.REFERENCE);

    /** Handoffs at a time: on one loop, or on a thread each. */
    public static final int CONCURRENCY = 64;

    private static final JsonMapper JSON = new JsonMapper();

    public List<BrokerRate> run(int rounds) throws IOException {
        List<BrokerRate> all = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (Contender broker : BROKERS) {
                BrokerRate rate = measure(broker, round);
                all.add(rate);
                log.printf(
                        "round %d, broker, %s: %,.0f/s %s%n",
                        round, broker.title(), rate.perSecond(), rate.errors().isEmpty() ? "" : rate.errors());
            }
        }
        return all;
    }

    @SuppressWarnings("try") // The backend has only to be there.
    private BrokerRate measure(Contender broker, int round) throws IOException {
        try (SocketDirectory directory = SocketDirectory.create()) {
            LoadPlan plan = plan(broker, directory.socket());
            try (ServerProcess backend = ServerProcess.start(commands.of(Contender.FLOOR_IN_C, plan))) {
                JsonNode result = outputOf(commands.broker(broker, plan));
                return new BrokerRate(
                        broker, round, result.required("perSecond").asDouble(), errors(result.required("errors")));
            }
        }
    }

    private LoadPlan plan(Contender broker, Path backend) {
        return new LoadPlan(backend, LoadMode.BROKER, CONCURRENCY, 1, broker.warmUp(warmUp), duration, false);
    }

    /** An object of JSON, which both print alike. */
    private static JsonNode outputOf(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var output = process.getInputStream()) {
            return JSON.readTree(output);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Map<String, Long> errors(JsonNode counts) {
        Map<String, Long> errors = new LinkedHashMap<>();
        counts.properties()
                .forEach(count -> errors.put(count.getKey(), count.getValue().asLong()));
        return errors;
    }
}
