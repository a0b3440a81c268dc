package io.handoff.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.web.server.WebFilter;

/** When it applies, in application contexts without a web server. */
class HandoffBackendAutoConfigurationTest {

    private static final String SOCKET = "handoff.backend.socket=/run/app/handoff.sock";

    private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(
            NettyReactiveWebServerAutoConfiguration.class,
            MetricsAutoConfiguration.class,
            CompositeMeterRegistryAutoConfiguration.class,
            HealthContributorAutoConfiguration.class,
            HandoffBackendAutoConfiguration.class);

    private final ReactiveWebApplicationContextRunner runner =
            new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS);

    private final ReactiveWebApplicationContextRunner withoutActuator = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    NettyReactiveWebServerAutoConfiguration.class, HandoffBackendAutoConfiguration.class))
            .withPropertyValues(SOCKET);

    private final ReactiveWebApplicationContextRunner withSocket = runner.withPropertyValues(SOCKET);

    @Test
    void shouldApplyWhenTheSocketIsSet() {
        withSocket.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(HandoffBackendProperties.class)
                .hasSingleBean(HandoffServerLifecycle.class)
                .hasSingleBean(HandoffWebServerFactoryCustomizer.class)
                .hasSingleBean(HandedOffConnectionWebFilter.class)
                .hasSingleBean(HandedOffRequests.class));
    }

    @Test
    void shouldNotApplyWhenNoSocketIsSet() {
        runner.run(
                context -> assertThat(context).hasNotFailed().doesNotHaveBean(HandoffBackendAutoConfiguration.class));
    }

    @Test
    void shouldNotApplyWhenTheApplicationIsNotReactive() {
        new ApplicationContextRunner()
                .withConfiguration(CONFIGURATIONS)
                .withPropertyValues(SOCKET)
                .run(context ->
                        assertThat(context).hasNotFailed().doesNotHaveBean(HandoffBackendAutoConfiguration.class));
    }

    @Test
    void shouldNotApplyWhenTheWebServerIsAnother() {
        withSocket
                .withBean(ReactiveWebServerFactory.class, () -> handler -> {
                    throw new UnsupportedOperationException();
                })
                .run(context ->
                        assertThat(context).hasNotFailed().doesNotHaveBean(HandoffBackendAutoConfiguration.class));
    }

    @Test
    void shouldNotApplyWithoutReactorNetty() {
        withSocket
                .withClassLoader(new FilteredClassLoader(NettyReactiveWebServerFactory.class))
                .run(context -> assertThat(context).doesNotHaveBean(HandoffBackendAutoConfiguration.class));
    }

    @Test
    void shouldNotApplyWithoutSpringWeb() {
        withSocket
                .withClassLoader(new FilteredClassLoader(WebFilter.class))
                .run(context -> assertThat(context).doesNotHaveBean(HandoffBackendAutoConfiguration.class));
    }

    @Test
    void shouldDoNothingWhereThereIsNoWebServer() {
        withSocket.run(context -> {
            HandoffServerLifecycle lifecycle = context.getBean(HandoffServerLifecycle.class);
            assertThat(lifecycle.isRunning()).isFalse();
            assertThat(lifecycle.server()).isEmpty();
        });
    }

    @Test
    void shouldStartAfterTheWebServerAndStopBeforeIt() {
        withSocket.run(context -> {
            HandoffServerLifecycle lifecycle = context.getBean(HandoffServerLifecycle.class);
            assertThat(lifecycle.getPhase()).isEqualTo(Integer.MAX_VALUE - 1022);
            assertThat(lifecycle.isAutoStartup()).isTrue();
            assertThat(lifecycle.isPauseable()).isFalse();
        });
    }

    @Test
    void shouldTellAHealthThatIsUnknownWhereThereIsNoServer() {
        withSocket.run(context -> {
            Health health = context.getBean(HandoffHealthIndicator.class).health();
            assertThat(health).isNotNull();
            assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
        });
    }

    @Test
    void shouldTellNoHealthWhenThatIsDisabled() {
        withSocket
                .withPropertyValues("management.health.handoff.enabled=false")
                .run(context -> assertThat(context)
                        .hasSingleBean(HandoffServerLifecycle.class)
                        .doesNotHaveBean(HandoffHealthIndicator.class));
    }

    @Test
    void shouldTellNoHealthWhenTheProgramDoes() {
        withSocket
                .withBean(
                        "handoffHealthIndicator",
                        HealthIndicator.class,
                        () -> () -> Health.up().build())
                .run(context -> assertThat(context)
                        .hasSingleBean(HandoffServerLifecycle.class)
                        .doesNotHaveBean(HandoffHealthIndicator.class));
    }

    @Test
    void shouldTellNoHealthWithoutSpringBootsHealth() {
        withoutActuator
                .withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context)
                        .hasSingleBean(HandoffServerLifecycle.class)
                        .doesNotHaveBean(HandoffHealthIndicator.class));
    }

    @Test
    void shouldBindMetricsWhenThereIsARegistry() {
        withSocket
                .withBean(SimpleMeterRegistry.class)
                .run(context -> assertThat(context).hasSingleBean(HandoffMetricsBinder.class));
    }

    @Test
    void shouldBindNoMetricsWithoutARegistry() {
        withoutActuator.run(context -> assertThat(context)
                .hasSingleBean(HandoffServerLifecycle.class)
                .doesNotHaveBean(HandoffMetricsBinder.class));
    }

    @Test
    void shouldBindNoMetricsWithoutMicrometer() {
        withoutActuator
                .withClassLoader(new FilteredClassLoader(MeterRegistry.class))
                .run(context -> assertThat(context)
                        .hasSingleBean(HandoffServerLifecycle.class)
                        .doesNotHaveBean(HandoffMetricsBinder.class));
    }
}
