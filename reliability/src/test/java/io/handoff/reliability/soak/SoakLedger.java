package io.handoff.reliability.soak;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the broker has done, against what the backend has counted.
 *
 * @param load what the broker has done
 * @param counts what the backend has counted, by name
 */
record SoakLedger(SoakLoad load, Map<String, Long> counts) {

    /** What there has to be for every case; whether an ACK was written that nobody reads, nobody can know. */
    Map<String, Long> expectedForCertain() {
        return Arrays.stream(SoakCase.values())
                .filter(one -> one.count() != null)
                .collect(Collectors.groupingBy(SoakCase::count, TreeMap::new, Collectors.summingLong(load::played)));
    }

    /** The counts without the acceptances of {@link SoakCase#ACK_UNREAD}, as far as there may be some. */
    Map<String, Long> countedForCertain() {
        Map<String, Long> certain = new TreeMap<>(counts);
        certain.remove(SoakBackend.ACK_FAILED);
        certain.computeIfPresent(SoakBackend.ACCEPTED, (name, count) -> count - Math.min(surplus(), unread()));
        return certain;
    }

    long ackFailed() {
        return counts.getOrDefault(SoakBackend.ACK_FAILED, 0L);
    }

    long unread() {
        return load.played(SoakCase.ACK_UNREAD);
    }

    private long surplus() {
        long certain = expectedForCertain().getOrDefault(SoakBackend.ACCEPTED, 0L);
        return Math.max(0, counts.getOrDefault(SoakBackend.ACCEPTED, 0L) - certain);
    }
}
