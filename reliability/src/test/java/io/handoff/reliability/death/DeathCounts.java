package io.handoff.reliability.death;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@link DeathIT} has seen: deaths, and what came of the clients; how soon the next backend served. */
final class DeathCounts {

    /** The place of a handoff whose step nobody knows. */
    static final String ANY_MOMENT = "anywhere: killed at a random moment";

    /** The deaths at one place, and the clients whose handoffs were there. */
    static final class Row {
        private int deaths;
        private final Map<ClientEnd, Integer> clients = new EnumMap<>(ClientEnd.class);

        int deaths() {
            return deaths;
        }

        int clients(ClientEnd end) {
            return clients.getOrDefault(end, 0);
        }

        int clients() {
            return clients(ClientEnd.SERVED_ON) + clients(ClientEnd.CLOSED);
        }
    }

    private final Map<Party, Map<Way, Map<String, Row>>> rows = new EnumMap<>(Party.class);
    private final List<Long> callToServing = new ArrayList<>();
    private final List<Long> processToServing = new ArrayList<>();
    private long longestEndNanos;
    private long bytes;

    DeathCounts() {
        for (Party victim : Party.values()) {
            rows.put(victim, new EnumMap<>(Way.class));
            for (Way way : Way.values()) {
                rows.get(victim).put(way, new LinkedHashMap<>());
            }
        }
    }

    private Row row(Party victim, Way way, String place) {
        return rows(victim, way).computeIfAbsent(place, any -> new Row());
    }

    void died(Party victim, Way way, String place) {
        row(victim, way, place).deaths++;
    }

    /** A client has ended, and so many bytes had come back to it. */
    void ended(Party victim, Way way, String place, ClientEnd end, int received) {
        row(victim, way, place).clients.merge(end, 1, Integer::sum);
        bytes += received;
    }

    /** All clients of one death have ended. */
    void allEnded(long nanosAfterDeath) {
        longestEndNanos = Math.max(longestEndNanos, nanosAfterDeath);
    }

    /** The next backend has served its first bytes, so long after its call of {@code start()} and its process' start. */
    void restarted(long callNanos, long processNanos) {
        callToServing.add(callNanos);
        processToServing.add(processNanos);
    }

    /** By where the handoffs were, in the order of their steps. */
    Map<String, Row> rows(Party victim, Way way) {
        return rows.get(victim).get(way);
    }

    List<Long> callToServing() {
        return callToServing;
    }

    List<Long> processToServing() {
        return processToServing;
    }

    long longestEndNanos() {
        return longestEndNanos;
    }

    long bytes() {
        return bytes;
    }
}
