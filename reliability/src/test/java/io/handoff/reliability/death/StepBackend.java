package io.handoff.reliability.death;

import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.answer.ControlChannel;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The backend's process: {@link HandoffServer} as a program has it, with handoffs that can be made to stand at its steps.
 * Prints the time at which it calls {@code start()}, and that it listens.
 */
final class StepBackend {

    static final String LISTENING = "listening";

    /** Handoffs stand for as long as the test takes. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final int LOOPS = 2;
    private static final int MAX_STATE_BYTES = 2048;

    private final StepHolds holds = new StepHolds();

    private StepBackend() {}

    /** Arguments: its socket, and whether offers and adopted connections are served by the same loops. */
    public static void main(String[] args) throws Exception {
        StepBackend backend = new StepBackend();
        HandoffServer server = backend.start(Path.of(args[0]), Boolean.parseBoolean(args[1]));
        System.out.println(LISTENING);
        StepCommands.serve(
                backend.holds,
                Map.of(
                        StepCommands.TOO_EARLY,
                        backend.holds::tooEarly,
                        StepCommands.TOKENS,
                        () -> server.tokens().pendingCount().get()));
    }

    private HandoffServer start(Path socket, boolean sharesLoops) throws Exception {
        EventLoopGroup control = new StepLoops(LOOPS, this::registering);
        EventLoopGroup workers = sharesLoops ? control : new StepLoops(LOOPS, this::registering);
        HandoffServerBuilder builder = HandoffServer.builder(socket)
                .controlLoops(control)
                .adoptInto(workers, AdoptedEcho.initializer(holds))
                .expectedTokens(ExpectedTokenPolicy.carried())
                .maxStateBytes(MAX_STATE_BYTES)
                .tokenTimeToLive(TIMEOUT)
                .offerTimeout(TIMEOUT);
        System.out.println(System.nanoTime());
        return builder.start().get();
    }

    private void registering(Channel channel, Runnable register) {
        if (channel.hasAttr(HandedOffConnection.KEY)) {
            holds.reach(HandoffStep.TOKEN_CONSUMED, AdoptedEcho.destination(channel), Runnable::run, register);
            return;
        }
        if (channel instanceof ControlChannel) {
            channel.pipeline().addFirst(new BackendControlStops(holds));
        }
        register.run();
    }
}
