package io.handoff.benchmarks.load;

import io.handoff.netty.broker.HandoffBroker;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** One run of a plan. Made and used on the event loop; {@link #start} and {@link #stop} are each for once. */
final class LoadRun {

    private static final long DEADLINE_CHECKS_MILLIS = 100;

    /** Between two looks at a run that goes on because nothing has come of it yet. */
    private static final long OVERTIME_CHECKS_MILLIS = 10;

    private final LoadPlan plan;
    private final Duration answerTimeout;
    private final long atLeast;
    private final IoEventLoop loop;
    private final LoadRecorder recorder = new LoadRecorder();
    private final List<Cycle> cycles;

    /** Runs for the duration of the plan, and until so many handoffs have been completed in it, or any has failed. */
    LoadRun(LoadPlan plan, Duration answerTimeout, long atLeast, IoEventLoop loop) {
        this.plan = plan;
        this.answerTimeout = answerTimeout;
        this.atLeast = atLeast;
        this.loop = loop;
        LoadContext context = new LoadContext(
                loop, new SlotFrames(plan), new LibcCalls(plan.socket()), broker(plan.socket()), recorder);
        this.cycles = IntStream.range(0, plan.concurrency())
                .mapToObj(number -> cycle(number, context))
                .toList();
    }

    /** It is to be under load whatever becomes of its handoffs. */
    private static HandoffBroker broker(Path backend) {
        return HandoffBroker.builder(backend)
                .maxInFlight(Integer.MAX_VALUE)
                .maxFailures(Integer.MAX_VALUE)
                .build();
    }

    private Cycle cycle(int number, LoadContext context) {
        return switch (plan.mode()) {
            case DESCRIPTOR -> new DescriptorCycle(context, number);
            case BROKER -> new BrokerCycle(context, number);
            case FRESH -> new FreshCycle(context, number);
            case PIPELINED -> new PipelinedCycle(context, number * plan.depth(), plan.depth());
            case RECONNECT -> new ReconnectCycle(context);
        };
    }

    /** Starts all cycles. */
    Future<LoadResult> start() {
        Promise<LoadResult> result = loop.newPromise();
        cycles.forEach(Cycle::start);
        loop.scheduleAtFixedRate(
                this::checkDeadlines, DEADLINE_CHECKS_MILLIS, DEADLINE_CHECKS_MILLIS, TimeUnit.MILLISECONDS);
        loop.schedule(() -> startMeasuring(result), plan.warmUp().toNanos(), TimeUnit.NANOSECONDS);
        return result;
    }

    /** The duration counts from here, however late the loop has come to it. */
    private void startMeasuring(Promise<LoadResult> result) {
        recorder.startMeasuring();
        loop.schedule(() -> finish(result), plan.duration().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void finish(Promise<LoadResult> result) {
        if (recorder.hasMeasured(atLeast)) {
            result.setSuccess(recorder.result(plan));
            stop();
        } else {
            loop.schedule(() -> finish(result), OVERTIME_CHECKS_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void checkDeadlines() {
        long now = System.nanoTime();
        cycles.forEach(cycle -> cycle.checkDeadline(now, answerTimeout));
    }

    LoadProgress progress() {
        return recorder.progress();
    }

    /** Closes every socket. */
    void stop() {
        cycles.forEach(Cycle::stop);
    }
}
