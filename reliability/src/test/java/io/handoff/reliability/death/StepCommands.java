package io.handoff.reliability.death;

import io.handoff.benchmarks.host.ParentProcess;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** What the test tells a process on its standard input: a command is repeated once it has been obeyed, a question answered. */
final class StepCommands {

    static final String HOLD = "hold";
    static final String RELEASE = "release";
    static final String TOO_EARLY = "too early";
    static final String TOKENS = "tokens";
    private static final String AWAIT = "await";

    private StepCommands() {}

    /** The line that waits until so many handoffs have come to a step. */
    static String await(HandoffStep step, int count) {
        return AWAIT + " " + step + " " + count;
    }

    /** Obeys and answers until the test has gone, and then ends the process. */
    static void serve(StepHolds holds, Map<String, Callable<?>> questions) throws Exception {
        ParentProcess.serve(line -> {
            Callable<?> answer = questions.get(line);
            if (answer != null) {
                return String.valueOf(answer.call());
            }
            obey(List.of(line.split(" ", -1)), holds);
            return line;
        });
        System.exit(0);
    }

    private static void obey(List<String> words, StepHolds holds) throws IOException, InterruptedException {
        switch (words.get(0)) {
            case HOLD -> holds.hold();
            case RELEASE -> holds.release();
            case AWAIT -> holds.await(HandoffStep.valueOf(words.get(1)), Integer.parseInt(words.get(2)));
            default -> throw new IOException("no such command: " + words);
        }
    }
}
