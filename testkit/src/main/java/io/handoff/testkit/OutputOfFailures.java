package io.handoff.testkit;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Keeps what a test prints and logs until the test ends: shows it when the test has failed, and forgets it otherwise. When the
 * JVM ends in the middle of a test, it is shown, too.
 *
 * <p>JUnit finds it where this jar is on the class path of the tests. It does nothing unless the configuration parameter
 * {@value #PARAMETER} is {@code true}: then {@link System#out} and {@link System#err} are others for the rest of the JVM's
 * life. Where tests run at the same time, a failure shows what all of them have printed. What a process prints that a test has
 * started is not kept, unless the test reads it and prints it itself.
 */
public final class OutputOfFailures implements TestExecutionListener {

    /** The JUnit configuration parameter that switches it on. */
    public static final String PARAMETER = "io.handoff.testkit.outputOfFailures";

    private static final KeptOutput KEPT = new KeptOutput();

    /** Tests at a time, in all launchers of this JVM. */
    private static final AtomicInteger RUNNING = new AtomicInteger();

    /** Where failures are shown: what {@link System#err} was; nothing is kept while it is null. */
    private static volatile @Nullable PrintStream shownTo;

    /** For JUnit, which makes one for each launcher. */
    public OutputOfFailures() {}

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        if (plan.getConfigurationParameters().getBoolean(PARAMETER).orElse(false)) {
            keepOutput();
        }
    }

    private static synchronized void keepOutput() {
        if (shownTo != null) {
            return;
        }
        shownTo = System.err;
        PrintStream kept = new PrintStream(KEPT, true, StandardCharsets.UTF_8);
        System.setOut(kept);
        System.setErr(kept);
        Runtime.getRuntime().addShutdownHook(new Thread(OutputOfFailures::showWhatHasNotEnded));
    }

    private static void showWhatHasNotEnded() {
        if (RUNNING.get() > 0) {
            show("a test in whose middle the JVM ends");
        }
    }

    @Override
    public void executionStarted(TestIdentifier started) {
        if (started.isTest()) {
            RUNNING.incrementAndGet();
        }
    }

    @Override
    public void executionFinished(TestIdentifier finished, TestExecutionResult result) {
        if (finished.isTest()) {
            RUNNING.decrementAndGet();
        }
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            show(nameOf(finished));
        } else if (RUNNING.get() == 0) {
            KEPT.take();
        }
    }

    private static String nameOf(TestIdentifier test) {
        String place = test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getClassName() + ": ")
                .orElse("");
        return place + test.getDisplayName();
    }

    private static void show(String whose) {
        PrintStream out = shownTo;
        String output = KEPT.take();
        if (out != null && !output.isEmpty()) {
            String rule = "-".repeat(72);
            out.println(rule + "\nOutput of " + whose + "\n" + output.stripTrailing() + "\n" + rule);
        }
    }
}
