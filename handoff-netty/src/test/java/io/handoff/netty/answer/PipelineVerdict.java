package io.handoff.netty.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffWireException;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What came of one connection: everything that its peer or the program can tell.
 *
 * @param sent what the peer was answered
 * @param answers what the program was told of the offers
 * @param isOpen whether the connection was still open in the end
 * @param pending how many tokens were pending in the end
 * @param errors what the program was told of errors, in the end or when the connection was closed then
 */
record PipelineVerdict(ByteString sent, List<String> answers, boolean isOpen, int pending, List<String> errors) {

    /** Counts what it has given out and not got back. */
    private static final UnpooledByteBufAllocator BUFFERS = new UnpooledByteBufAllocator(false, true);

    static PipelineVerdict on(PipelineScript script, List<PipelineScript.Step> steps) {
        BackendChannel backend = new BackendChannel(
                        script.maxFrameLength(),
                        script.expectedToken()
                                .map(ExpectedTokenPolicy::expected)
                                .orElse(ExpectedTokenPolicy.pending()),
                        (offer, peer) -> script.admits(offer.correlationId())
                                ? Optional.empty()
                                : Optional.of(PipelineScript.NOT_ADMITTED),
                        BUFFERS)
                .registering(PipelineScript.PENDING.toArray(HandoffToken[]::new));
        steps.forEach(step -> play(step, backend));
        ByteString sent = ByteString.copyFrom(backend.sent());
        boolean isOpen = backend.channel.isOpen();
        backend.finish();

        assertThat(backend.errors).hasSizeLessThan(2).hasOnlyElementsOfType(HandoffWireException.class);
        assertThat(BUFFERS.metric().usedHeapMemory() + BUFFERS.metric().usedDirectMemory())
                .as("bytes in buffers that are not released")
                .isZero();
        return new PipelineVerdict(
                sent,
                backend.answers.stream().map(Object::toString).toList(),
                isOpen,
                backend.tokens.pendingCount(),
                backend.errors.stream().map(Throwable::getMessage).toList());
    }

    private static void play(PipelineScript.Step step, BackendChannel backend) {
        if (step instanceof PipelineScript.Arrives arrives) {
            backend.receive(arrives.bytes(), 0, arrives.bytes().length);
        } else if (step instanceof PipelineScript.Passes passes) {
            backend.channel.advanceTimeBy(passes.millis(), TimeUnit.MILLISECONDS);
            backend.channel.runPendingTasks();
        } else if (backend.channel.isOpen()) {
            backend.receiveEof();
        }
    }
}
