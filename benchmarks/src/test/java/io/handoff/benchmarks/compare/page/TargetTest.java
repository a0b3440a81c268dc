package io.handoff.benchmarks.compare.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.benchmarks.compare.measure.Spread;
import org.junit.jupiter.api.Test;

class TargetTest {

    private static final Quantity ONE_TO_THREE = Quantity.ratio(new Spread(2, 1, 3));

    @Test
    void shouldJudgeTheMedianWhenTheTargetIsNoLongestTime() {
        assertThat(Target.atMost(2, "a", ONE_TO_THREE).isMet()).isTrue();
        assertThat(Target.atMost(1.9, "a", ONE_TO_THREE).isMet()).isFalse();
        assertThat(Target.atLeast(2, "a", ONE_TO_THREE).isMet()).isTrue();
        assertThat(Target.atLeast(2.1, "a", ONE_TO_THREE).isMet()).isFalse();
    }

    @Test
    void shouldJudgeTheGreatestWhenTheTargetIsALongestTime() {
        assertThat(Target.neverAbove(3, "a", ONE_TO_THREE).isMet()).isTrue();
        assertThat(Target.neverAbove(2.9, "a", ONE_TO_THREE).isMet()).isFalse();
    }

    @Test
    void shouldShowBoundAndMeasurementInTheirUnit() {
        Target target = Target.atMost(2.5, "memory", new Quantity(new Spread(2, 1, 3), "KiB", 2));
        assertThat(target).isEqualTo(new Target("memory", "≤ 2.5 KiB", "2.00 (1.00–3.00) KiB", true));
        assertThat(Target.atLeast(400, "a", ONE_TO_THREE).bound()).isEqualTo("≥ 400");
    }
}
