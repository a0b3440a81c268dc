package io.handoff.cli;

import io.handoff.netty.HandoffToken;
import io.handoff.netty.Offer;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows a backend, in a process of its own, judging offers over a real socket. */
@Command(
        name = "demo",
        description = "Starts a backend, makes offers to it that it should accept, reject and refuse to understand,"
                + " shows each answer and its time, and stops it.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:everything came out as expected", "1:something did not"})
@SuppressWarnings("NullAway.Init") // Picocli sets the field.
final class DemoCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String NOT_PENDING = "rejected: handoff token is not pending";

    @Spec
    private CommandSpec spec;

    /** Stops at the first step that does not come out as expected. */
    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        HandoffToken token = HandoffToken.random();
        try (BackendProcess backend = new BackendProcess();
                OfferClient broker = new OfferClient(backend.socket(), TIMEOUT)) {
            boolean allAsExpected = List.of(
                            new DemoStep("start", "listening", () -> backend.start(token, TIMEOUT)),
                            new DemoStep("accepted", "accepted", () -> offer(broker, token, 1)),
                            new DemoStep("replayed", NOT_PENDING, () -> offer(broker, token, 2)),
                            new DemoStep("unknown token", NOT_PENDING, () -> offer(broker, HandoffToken.random(), 3)),
                            new DemoStep(
                                    "malformed",
                                    "closed without an ACK",
                                    () -> MalformedFrame.send(backend.socket(), TIMEOUT)),
                            new DemoStep("stop", "exit 0, socket file removed", () -> backend.stop(TIMEOUT)))
                    .stream()
                    .allMatch(step -> step.run(out));
            return allAsExpected ? 0 : 1;
        }
    }

    private static String offer(OfferClient broker, HandoffToken token, long correlationId) {
        return broker.offer(Offer.of(token, "demo", correlationId)).text();
    }
}
