package io.handoff.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.function.Consumer;

/**
 * Puts a backend under load in a closed loop: each slot starts its next handoff when the one before is over.
 *
 * <p>All of it happens on one thread, which a run starts and ends.
 */
public final class LoadGenerator {

    private LoadGenerator() {}

    /**
     * Runs the plan, and waits until it is over.
     *
     * @param plan what to run
     * @param progress told about once a second, on the calling thread
     * @return what was measured
     * @throws IOException if the socket does not exist, or the generator itself fails
     */
    public static LoadResult run(LoadPlan plan, Consumer<LoadProgress> progress) throws IOException {
        if (!Files.exists(plan.socket())) {
            throw new NoSuchFileException(plan.socket().toString(), null, "no such socket");
        }
        throw new UnsupportedOperationException("not written yet: " + progress);
    }
}
