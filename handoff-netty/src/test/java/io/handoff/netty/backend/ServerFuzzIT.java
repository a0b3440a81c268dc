package io.handoff.netty.backend;

import io.handoff.netty.FuzzCorpus;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed corpus of {@link ServerFuzz}. */
class ServerFuzzIT {

    @BeforeAll
    static void start() throws Exception {
        ServerFuzz.fuzzerInitialize();
    }

    @AfterAll
    static void stop() throws Exception {
        ServerFuzz.fuzzerTearDown();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void shouldKeepItsPromisesWhenAnInputIsReplayed(FuzzCorpus.Input input) throws Exception {
        ServerFuzz.fuzzerTestOneInput(input.bytes());
    }

    static Stream<FuzzCorpus.Input> corpus() throws Exception {
        return FuzzCorpus.of("server");
    }
}
