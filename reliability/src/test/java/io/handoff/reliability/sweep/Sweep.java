package io.handoff.reliability.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Records the calls of handoffs, and makes them fail one by one. Processes that have come to harm are replaced. */
final class Sweep implements AutoCloseable {

    private static final long POLL_MILLIS = 5;

    /** No two handoffs need make the same calls: what has not come yet may be waited for, or not. */
    private static final int ATTEMPTS = 5;

    private final Path directory;
    private @Nullable SweptPair pair;

    Sweep(Path directory) {
        this.directory = directory;
    }

    private SweptPair pair() throws IOException {
        if (pair == null) {
            pair = SweptPair.start(Files.createTempDirectory(directory, "s"));
        }
        return pair;
    }

    /** The calls of a loop in one handoff of a client, in order. */
    Map<SweptLoop, List<Call>> record(ClientKind client) throws IOException, InterruptedException {
        SweptPair pair = pair();
        Map<SweptLoop, Strace> straces = new HashMap<>();
        for (SweptLoop loop : SweptLoop.values()) {
            straces.put(loop, Strace.record(pair.thread(loop)));
        }
        handOff(pair, client, () -> {});
        Map<SweptLoop, List<Call>> calls = new HashMap<>();
        for (Map.Entry<SweptLoop, Strace> strace : straces.entrySet()) {
            strace.getValue().close();
            calls.put(strace.getKey(), strace.getValue().calls());
        }
        return calls;
    }

    private record Handoff(SweptClient.Fate fate, String outcome) {}

    /** What has to be done while a handoff takes its course. */
    private interface Attendance {
        void attend() throws IOException;
    }

    private Handoff handOff(SweptPair pair, ClientKind kind, Attendance attendance)
            throws IOException, InterruptedException {
        SweptClient.Fate fate;
        String outcome;
        try (SweptClient client = pair.begin(kind)) {
            CompletableFuture<SweptClient.Fate> served = CompletableFuture.supplyAsync(client::serve);
            while (!served.isDone()) {
                attendance.attend();
                Thread.sleep(POLL_MILLIS);
            }
            fate = served.join();
            outcome = pair.outcome();
        }
        long deadline = System.nanoTime() + SweptClient.PATIENCE_MILLIS * 1_000_000L;
        do {
            attendance.attend();
            Thread.sleep(POLL_MILLIS);
        } while (!(pair.isIdle() && pair.isWithoutTokens()) && System.nanoTime() < deadline);
        return new Handoff(fate, outcome);
    }

    /** Makes one call fail: as a rule the one that was recorded, if it comes, or else another of its name. Empty if none comes. */
    Optional<Result> inject(Injection injection) throws IOException, InterruptedException {
        Optional<Result> result = tryToInject(injection);
        for (int attempt = 1; attempt < ATTEMPTS && !isConclusive(injection, result); attempt++) {
            result = tryToInject(injection);
        }
        return result;
    }

    private static boolean isConclusive(Injection planned, Optional<Result> result) {
        return result.isPresent()
                && (!result.get().violations().isEmpty()
                        || result.get()
                                .injection()
                                .call()
                                .title()
                                .equals(planned.call().title()));
    }

    private Optional<Result> tryToInject(Injection injection) throws IOException, InterruptedException {
        SweptPair pair = pair();
        List<String> violations = new ArrayList<>();
        Strace strace = Strace.inject(
                pair.thread(injection.loop()), injection.call().name(), injection.occurrence(), injection.errno());
        Handoff handoff;
        try (strace) {
            handoff = handOff(
                    pair,
                    injection.client(),
                    new ClosedAllTheSame(pair, injection.loop().side(), strace));
        }
        Optional<Call> injected = strace.injected();
        judge(injection.client(), handoff, violations);
        judgeAfter(pair, violations);
        if (!violations.isEmpty()) {
            replace();
        }
        return injected.map(call -> new Result(
                new Injection(injection.client(), injection.loop(), call, injection.occurrence(), injection.errno()),
                handoff.fate(),
                handoff.outcome(),
                violations));
    }

    private static void judge(ClientKind kind, Handoff handoff, List<String> violations) {
        SweptClient.Fate fate = handoff.fate();
        if (!fate.isOneSided()) {
            violations.add("answered by two: " + fate.answers());
        } else if (fate.isOpen()) {
            violations.add("neither served nor closed" + (fate.answers().isEmpty() ? "" : " after " + fate.answers()));
        } else if (!fate.answers().isEmpty() && kind == ClientKind.REJECTED && fate.server() == Side.BACKEND) {
            violations.add("served by who rejected it");
        }
        if (handoff.outcome().equals(SweptBroker.NO_OUTCOME) && !fate.answers().isEmpty()) {
            violations.add("the broker is never told of the outcome");
        }
    }

    private void judgeAfter(SweptPair pair, List<String> violations) throws IOException, InterruptedException {
        if (!pair.isIdle()) {
            violations.add(pair.difference());
            return;
        }
        if (!pair.isWithoutTokens()) {
            violations.add("a token is left");
        }
        Handoff next = handOff(pair, ClientKind.ACCEPTED, () -> {});
        if (!next.fate().isServed() || next.fate().server() != Side.BACKEND) {
            violations.add("the next handoff: " + next.outcome() + ", " + next.fate());
        }
    }

    /** Ends both processes, as they are told to; empty if they do it well. */
    String end() throws IOException, InterruptedException {
        if (pair == null) {
            return "";
        }
        String wrong = pair.endWell();
        pair = null;
        return wrong;
    }

    private void replace() throws IOException {
        close();
        pair = null;
    }

    @Override
    public void close() throws IOException {
        if (pair != null) {
            pair.close();
        }
    }

    /**
     * Linux has closed a descriptor whatever close(2) returns, and nobody may close it again; strace has not. So the process
     * is told to close it, by its number, on another thread.
     */
    private static final class ClosedAllTheSame implements Attendance {
        private final SweptPair pair;
        private final Side side;
        private final Strace strace;
        private boolean isDone;

        ClosedAllTheSame(SweptPair pair, Side side, Strace strace) {
            this.pair = pair;
            this.side = side;
            this.strace = strace;
        }

        @Override
        public void attend() throws IOException {
            Optional<Call> injected = strace.injected();
            if (!isDone && injected.isPresent() && injected.get().name().equals("close")) {
                isDone = true;
                pair.close(side, injected.get().descriptor());
            }
        }
    }
}
