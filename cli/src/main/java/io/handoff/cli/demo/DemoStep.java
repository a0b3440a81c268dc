package io.handoff.cli.demo;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * One step of the demonstration.
 *
 * @param name what is tried
 * @param expected what should come of it
 * @param action does it, and tells what came of it
 */
record DemoStep(String name, String expected, Callable<String> action) {

    /** Does the step, prints what came of it and its time, and returns whether that was as expected. */
    boolean run(PrintWriter out) {
        long startNanos = System.nanoTime();
        String outcome = outcome();
        double millis = (double) (System.nanoTime() - startNanos) / TimeUnit.MILLISECONDS.toNanos(1);
        boolean asExpected = outcome.equals(expected);
        out.printf(Locale.ROOT, "%-32s %-50s %7.1f ms  %s%n", name, outcome, millis, asExpected ? "ok" : "UNEXPECTED");
        if (!asExpected) {
            out.printf(Locale.ROOT, "%-32s %s%n", "  expected:", expected);
        }
        out.flush();
        return asExpected;
    }

    private String outcome() {
        try {
            return action.call();
        } catch (Exception e) {
            return "failed: " + e.getMessage();
        }
    }
}
