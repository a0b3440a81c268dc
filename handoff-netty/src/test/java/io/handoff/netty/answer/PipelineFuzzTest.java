package io.handoff.netty.answer;

import io.handoff.netty.FuzzCorpus;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed corpus of {@link PipelineFuzz}. */
class PipelineFuzzTest {

    @ParameterizedTest
    @MethodSource("corpus")
    void shouldKeepItsPromisesWhenAnInputIsReplayed(FuzzCorpus.Input input) {
        PipelineFuzz.fuzzerTestOneInput(input.bytes());
    }

    static Stream<FuzzCorpus.Input> corpus() throws Exception {
        return FuzzCorpus.of("pipeline");
    }
}
