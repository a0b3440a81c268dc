package io.handoff.benchmarks.compare.page;

import io.handoff.benchmarks.compare.measure.Spread;
import java.util.Locale;

/**
 * A number of several rounds, and how to write it.
 *
 * @param spread the number
 * @param unit behind it, or empty
 * @param digits behind the point
 */
public record Quantity(Spread spread, String unit, int digits) {

    /** A number without a unit. */
    public static Quantity ratio(Spread spread) {
        return new Quantity(spread, "", 2);
    }

    /** The median, and the range in parentheses. */
    String text() {
        return spread.toText(digits) + behind();
    }

    /** A bound: as it was set, without more digits than it has. */
    String text(double bound) {
        boolean isWhole = bound == Math.rint(bound);
        return String.format(Locale.ROOT, isWhole ? "%,.0f" : "%s", bound) + behind();
    }

    private String behind() {
        return unit.isEmpty() ? "" : " " + unit;
    }
}
