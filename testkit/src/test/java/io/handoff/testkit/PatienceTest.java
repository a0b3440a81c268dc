package io.handoff.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.EvaluatedCondition;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Sets for the whole JVM what the build sets anyway, so that no other test notices. */
class PatienceTest {

    @Test
    void shouldSetHowLongAndHowOftenAwaitilityLooks() {
        new Patience().testPlanExecutionStarted(planWith("30", "10"));

        List<EvaluatedCondition<?>> seen = new ArrayList<>();
        await().conditionEvaluationListener(seen::add).until(() -> seen.size() == 1);

        assertThat(seen).extracting(EvaluatedCondition::getPollInterval).containsOnly(Duration.ofMillis(10));
        assertThat(seen.get(0).getElapsedTimeInMS() + seen.get(0).getRemainingTimeInMS())
                .isEqualTo(Duration.ofSeconds(30).toMillis());
    }

    private static TestPlan planWith(String seconds, String millis) {
        return LauncherFactory.create()
                .discover(LauncherDiscoveryRequestBuilder.request()
                        .configurationParameter(Patience.PARAMETER, seconds)
                        .configurationParameter(Patience.POLL_PARAMETER, millis)
                        .build());
    }
}
