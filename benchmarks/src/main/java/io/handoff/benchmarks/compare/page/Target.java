package io.handoff.benchmarks.compare.page;

import io.handoff.benchmarks.compare.measure.Spread;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What was to be reached, and what was.
 *
 * @param what the quantity
 * @param bound what it has to be: its median, unless it is a longest time
 * @param measured its median and range
 * @param isMet whether that is enough
 */
public record Target(String what, String bound, String measured, boolean isMet) {

    /** A quantity that is the better the smaller it is. */
    public static Target atMost(double bound, String what, Quantity measured) {
        return of("≤ ", bound, what, measured, spread -> spread.median() <= bound);
    }

    /** A quantity that may not once be greater. */
    static Target neverAbove(double bound, String what, Quantity measured) {
        return of("≤ ", bound, what, measured, spread -> spread.max() <= bound);
    }

    /** A quantity that is the better the greater it is. */
    static Target atLeast(double bound, String what, Quantity measured) {
        return of("≥ ", bound, what, measured, spread -> spread.median() >= bound);
    }

    /** The Markdown table of some. */
    public static String table(List<Target> targets) {
        return """
                | what | target | measured | |
                |---|--:|--:|---|
                """ + targets.stream().map(Target::row).collect(Collectors.joining());
    }

    private String row() {
        return "| " + what + " | " + bound + " | " + measured + " | " + (isMet ? "met" : "**not met**") + " |\n";
    }

    private static Target of(String sign, double bound, String what, Quantity measured, Predicate<Spread> isEnough) {
        return new Target(what, sign + measured.text(bound), measured.text(), isEnough.test(measured.spread()));
    }
}
