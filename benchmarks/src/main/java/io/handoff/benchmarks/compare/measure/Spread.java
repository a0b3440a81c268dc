package io.handoff.benchmarks.compare.measure;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** What several rounds have in common, and how far they are apart. */
public record Spread(double median, double min, double max) {

    /**
     * Of at least one value.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Spread of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("there is nothing to take the median of");
        }
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** In a larger unit. */
    public Spread dividedBy(double unit) {
        return new Spread(median / unit, min / unit, max / unit);
    }

    /** The median, and the range in parentheses, with so many digits behind the point. */
    public String toText(int digits) {
        String number = "%,." + digits + "f";
        return String.format(Locale.ROOT, number + " (" + number + "–" + number + ")", median, min, max);
    }
}
