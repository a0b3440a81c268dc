package io.handoff.reliability.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What came of all injections. */
final class SweepResults {

    /** A call as one row of the page shows it. */
    record Site(SweptLoop loop, String call) {}

    /** By call and then by error, how the clients of each kind ended. */
    private final Map<Site, Map<String, Map<ClientKind, Set<String>>>> endings = new LinkedHashMap<>();

    private final List<String> violations = new ArrayList<>();
    private int injected;
    private int missed;
    private int ends;

    /** One injection; empty if the call did not come. */
    void add(Optional<Result> result) {
        if (result.isEmpty()) {
            missed++;
            return;
        }
        injected++;
        Result found = result.get();
        Injection injection = found.injection();
        endings.computeIfAbsent(new Site(injection.loop(), injection.call().title()), any -> new LinkedHashMap<>())
                .computeIfAbsent(injection.errno(), any -> new LinkedHashMap<>())
                .computeIfAbsent(injection.client(), any -> new LinkedHashSet<>())
                .add(found.ending());
        if (!found.violations().isEmpty()) {
            violations.add(injection + ": " + String.join("; ", found.violations()) + " (the broker's outcome: "
                    + found.outcome() + "; answers: " + found.fate().answers() + ")");
        }
    }

    /** Both processes were told to end after these injections; what was wrong with it, or nothing. */
    void ended(List<Injection> after, String wrong) {
        ends++;
        if (!wrong.isEmpty()) {
            violations.add(wrong + ", after " + after.get(0)
                    + (after.size() == 1 ? "" : " and " + (after.size() - 1) + " others"));
        }
    }

    Map<Site, Map<String, Map<ClientKind, Set<String>>>> endings() {
        return endings;
    }

    List<String> violations() {
        return violations;
    }

    int injected() {
        return injected;
    }

    int missed() {
        return missed;
    }

    int ends() {
        return ends;
    }
}
