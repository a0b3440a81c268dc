package io.handoff.benchmarks.load;

import java.time.Duration;

/**
 * How a run goes on.
 *
 * @param elapsed time since its start, warm-up included
 * @param isWarmUp whether the measuring has not started yet
 * @param perSecond what was completed per second since the progress told before
 * @param errors how many there have been since the start
 */
public record LoadProgress(Duration elapsed, boolean isWarmUp, double perSecond, long errors) {}
