package io.handoff.reliability;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.observe.ConnectionRefusal;
import io.handoff.netty.observe.HandoffMetrics;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.HandoffWireException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What a backend has counted since it started.
 *
 * @param isAccepting whether another connection would be accepted now
 * @param open connections open now
 * @param largeFrameBytes taken up by large frames now
 * @param accepted offers
 * @param acceptFailures how often accept(2) failed
 * @param lastAcceptFailure what it said then
 * @param refused everything that was refused, by the name of the reason; only reasons that occurred
 */
public record BackendCounts(
        boolean isAccepting,
        int open,
        long largeFrameBytes,
        long accepted,
        long acceptFailures,
        String lastAcceptFailure,
        Map<String, Long> refused) {

    static BackendCounts of(HandoffServer server) {
        HandoffMetrics metrics = server.metrics();
        Map<String, Long> refused = new TreeMap<>();
        refused.putAll(counts(ConnectionRefusal.values(), ConnectionRefusal::name, metrics::connectionsRefused));
        refused.putAll(
                counts(HandoffWireException.Kind.values(), HandoffWireException.Kind::name, metrics::wireErrors));
        refused.putAll(
                counts(HandoffRejection.Reason.values(), HandoffRejection.Reason::name, metrics::offersRejected));
        return new BackendCounts(
                server.isAccepting(),
                metrics.openConnections(),
                metrics.largeFrameBytes(),
                metrics.offersAccepted(),
                metrics.acceptFailures(),
                server.lastAcceptFailure().map(IOException::getMessage).orElse(""),
                refused);
    }

    private static <R> Map<String, Long> counts(R[] reasons, Function<R, String> name, ToLongFunction<R> count) {
        Map<String, Long> counts = new TreeMap<>();
        for (R reason : reasons) {
            long counted = count.applyAsLong(reason);
            if (counted > 0) {
                counts.put(name.apply(reason), counted);
            }
        }
        return counts;
    }

    public long refused(Enum<?> reason) {
        return refused.getOrDefault(reason.name(), 0L);
    }
}
