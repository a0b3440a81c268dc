package io.handoff.reliability.sweep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which calls are made to fail, and how: the calls of one handoff of each kind of client, as they were recorded. */
final class SweepPlan {

    /** Primes make neighbouring calls fail differently. */
    private static final int STRIDE = 7;

    private SweepPlan() {}

    /** Every call with every error: one list for each call. */
    static List<List<Injection>> full(Sweep sweep) throws IOException, InterruptedException {
        List<List<Injection>> plan = new ArrayList<>();
        for (ClientKind client : ClientKind.values()) {
            Map<SweptLoop, List<Call>> recorded = sweep.record(client);
            for (SweptLoop loop : SweptLoop.values()) {
                plan.addAll(of(client, loop, recorded.get(loop)));
            }
        }
        return plan;
    }

    private static List<List<Injection>> of(ClientKind client, SweptLoop loop, List<Call> calls) {
        List<List<Injection>> plan = new ArrayList<>();
        Map<String, Integer> occurrences = new HashMap<>();
        boolean isHandoff = loop.side() == Side.BACKEND;
        for (Call call : calls) {
            int occurrence = occurrences.merge(call.name(), 1, Integer::sum);
            if (isHandoff) {
                plan.add(Errnos.of(call).stream()
                        .map(errno -> new Injection(client, loop, call, occurrence, errno))
                        .toList());
            }
            isHandoff |= call.about().equals(SweptBroker.BEGIN.toString());
        }
        return plan;
    }

    /** Of every call that is another than those before, by what it is about or whose it is, one error. */
    static List<List<Injection>> small(Sweep sweep) throws IOException, InterruptedException {
        List<Injection> plan = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (List<Injection> ofCall : full(sweep)) {
            Injection first = ofCall.get(0);
            if (seen.add(first.loop() + first.call().title())) {
                plan.add(ofCall.get(seen.size() * STRIDE % ofCall.size()));
            }
        }
        return List.of(plan);
    }
}
