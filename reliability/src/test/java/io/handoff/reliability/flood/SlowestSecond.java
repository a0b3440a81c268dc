package io.handoff.reliability.flood;

import io.handoff.benchmarks.load.LoadProgress;
import java.util.function.Consumer;

/** Watches how a load goes on, and remembers the second in which least was completed. */
final class SlowestSecond implements Consumer<LoadProgress> {

    private double perSecond = Double.NaN;

    @Override
    public void accept(LoadProgress progress) {
        if (!progress.isWarmUp() && !(perSecond <= progress.perSecond())) {
            perSecond = progress.perSecond();
        }
    }

    /** Not a number where the load lasted no second. */
    double perSecond() {
        return perSecond;
    }
}
