package io.handoff.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Sets how long Awaitility waits in tests that say nothing else, and how often it looks meanwhile: ten seconds are not enough on a
 * machine that has other things to do, and every wait takes a tenth of a second at least where nothing is set.
 *
 * <p>JUnit finds it where this jar is on the class path of the tests. It does nothing, and needs no Awaitility, unless one of the
 * configuration parameters {@value #PARAMETER} and {@value #POLL_PARAMETER} is there.
 */
public final class Patience implements TestExecutionListener {

    /** The JUnit configuration parameter: seconds. */
    public static final String PARAMETER = "io.handoff.testkit.patienceSeconds";

    /** The JUnit configuration parameter: milliseconds from one look to the next, and until the first. */
    public static final String POLL_PARAMETER = "io.handoff.testkit.pollMillis";

    /** For JUnit, which makes one for each launcher. */
    public Patience() {}

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        ConfigurationParameters parameters = plan.getConfigurationParameters();
        parameters
                .get(PARAMETER, Long::parseLong)
                .ifPresent(seconds -> Awaitility.setDefaultTimeout(Duration.ofSeconds(seconds)));
        parameters
                .get(POLL_PARAMETER, Long::parseLong)
                .ifPresent(millis -> Awaitility.setDefaultPollInterval(Duration.ofMillis(millis)));
    }
}
