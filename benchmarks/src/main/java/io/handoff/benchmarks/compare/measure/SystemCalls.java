package io.handoff.benchmarks.compare.measure;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The system calls that servers make for a handoff, which {@code benchmarks/calls} has counted.
 *
 * @param byServer how often each makes each, in the order in which they were counted
 */
public record SystemCalls(@JsonValue Map<String, Map<String, Double>> byServer) {

    /** This library's server, with clients of Unix-domain sockets. */
    public static final String OURS = "handoff backend";

    public static SystemCalls read(Path json) throws IOException {
        return new SystemCalls(new JsonMapper()
                .readValue(json.toFile(), new TypeReference<LinkedHashMap<String, Map<String, Double>>>() {}));
    }

    /** In the order in which they were counted. */
    public List<String> servers() {
        return List.copyOf(byServer.keySet());
    }

    /** How often a server makes one call; zero if it does not. */
    public double of(String server, String call) {
        return calls(server).getOrDefault(call, 0.0);
    }

    /** How many calls a server makes. */
    public double total(String server) {
        return calls(server).values().stream().mapToDouble(Double::doubleValue).sum();
    }

    private Map<String, Double> calls(String server) {
        return Objects.requireNonNull(byServer.get(server), "no calls of " + server + " were counted");
    }
}
