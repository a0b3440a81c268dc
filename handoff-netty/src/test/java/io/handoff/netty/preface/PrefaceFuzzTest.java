package io.handoff.netty.preface;

import io.handoff.netty.FuzzCorpus;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed corpus of {@link PrefaceFuzz}. */
class PrefaceFuzzTest {

    @ParameterizedTest
    @MethodSource("corpus")
    void shouldKeepItsPromisesWhenAnInputIsReplayed(FuzzCorpus.Input input) {
        PrefaceFuzz.fuzzerTestOneInput(input.bytes());
    }

    static Stream<FuzzCorpus.Input> corpus() throws Exception {
        return FuzzCorpus.of("preface");
    }
}
