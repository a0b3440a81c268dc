package io.handoff.reliability.soak;

import java.util.List;
import java.util.LongSummaryStatistics;

/**
 * How a series has gone.
 *
 * @param series which one
 * @param first the median of the first tenth of the samples
 * @param last the median of the last tenth
 * @param min of all samples
 * @param max of all samples
 */
record SoakFlatness(SoakSeries series, double first, double last, long min, long max) {

    static SoakFlatness of(SoakSeries series, List<SoakReading> readings) {
        int tenth = tenth(readings);
        LongSummaryStatistics all = readings.stream().mapToLong(series::of).summaryStatistics();
        return new SoakFlatness(
                series,
                median(series, readings.subList(0, tenth)),
                median(series, readings.subList(readings.size() - tenth, readings.size())),
                all.getMin(),
                all.getMax());
    }

    /** How many samples a tenth has. */
    static int tenth(List<SoakReading> readings) {
        return (readings.size() + 9) / 10;
    }

    private static double median(SoakSeries series, List<SoakReading> readings) {
        long[] sorted = readings.stream().mapToLong(series::of).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    }

    /** Whether it has grown by no more than it may. */
    boolean isFlat() {
        return last - first <= series.share() * first + series.slack();
    }

    String toRow() {
        return String.join(
                " | ",
                "| " + series.titleWithUnit(),
                series.format(first),
                series.format(last),
                series.format((double) min),
                series.format((double) max),
                series.tolerance() + " |");
    }

    @Override
    public String toString() {
        return toRow();
    }
}
