package io.handoff.netty.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.FuzzInput;
import io.handoff.netty.LoggedWarnings;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.wire.CanonicalOfferReader;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffFrameParser;

/**
 * Fuzzes the way from bytes to a verdict: the whole pipeline of a backend without a socket. The profile {@code fuzz} has
 * Jazzer call it, {@link PipelineFuzzTest} replays the corpus in {@code src/test/resources/fuzz/pipeline}.
 *
 * <p>Seen to fail, on the corpus alone, with the removal of a consumed token taken out of {@link HandoffTokenStore}; the
 * release of a body out of {@link CanonicalOfferReader}; the check of the framing version, and of the request's number; the
 * close after a wire error, and the silence after it, out of {@link HandoffOfferHandler}. And with an ACK for a wire error
 * and an {@code exceptionCaught} that throws put in there, and a buffer that is kept where {@link HandoffFrameParser} or
 * {@link HandoffFrameDecoder} finds an error.
 */
public final class PipelineFuzz {

    private static final LoggedWarnings WARNINGS = LoggedWarnings.listen();

    private PipelineFuzz() {}

    /** Called by Jazzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        PipelineScript script = new PipelineScript(new FuzzInput(input));

        PipelineVerdict verdict = PipelineVerdict.on(script, script.steps());
        PipelineVerdict withoutCuts = PipelineVerdict.on(script, script.stepsWithoutCuts());

        new PipelineRules(script).check(verdict);
        assertThat(withoutCuts).as("the verdict when the bytes arrive together").isEqualTo(verdict);
        assertThat(WARNINGS.take()).as("warnings logged").isEmpty();
    }
}
