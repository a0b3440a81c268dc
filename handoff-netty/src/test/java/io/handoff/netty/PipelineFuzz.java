package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzzes the way from bytes to a verdict: the whole pipeline of a backend without a socket. The profile {@code fuzz} has
 * Jazzer call it, {@link PipelineFuzzTest} replays the corpus in {@code src/test/resources/fuzz/pipeline}.
 *
 * <p>Seen to fail, on the corpus alone, with the removal of a consumed token taken out of {@link HandoffTokenStore}, and
 * with the release of the body taken out of {@link CanonicalOfferReader}.
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
