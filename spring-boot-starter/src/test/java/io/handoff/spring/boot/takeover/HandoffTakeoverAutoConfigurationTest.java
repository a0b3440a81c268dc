package io.handoff.spring.boot.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.spring.boot.HandoffBackendAutoConfiguration;
import io.handoff.spring.boot.HandoffServerLifecycle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/** When it applies, in application contexts without a web server. */
class HandoffTakeoverAutoConfigurationTest {

    private static final String SUCCESSOR = "handoff.takeover.socket=/run/app/next.sock";

    private final ReactiveWebApplicationContextRunner withoutSockets = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    NettyReactiveWebServerAutoConfiguration.class,
                    HandoffBackendAutoConfiguration.class,
                    HandoffTakeoverAutoConfiguration.class));

    private final ReactiveWebApplicationContextRunner runner =
            withoutSockets.withPropertyValues("handoff.backend.socket=/run/app/handoff.sock");

    private final ReactiveWebApplicationContextRunner withDeparture =
            runner.withBean(WebSocketDeparture.class, WebSocketDeparture::betweenMessages);

    @Test
    void shouldGoOnWithWebSocketsAndMoveNoneWhenNoSuccessorIsSet() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(MovableWebSocketAdapter.class)
                .doesNotHaveBean(MovableWebSockets.class)
                .doesNotHaveBean(HandoffTakeoverLifecycle.class));
    }

    @Test
    void shouldNotApplyWhenNothingIsHandedOff() {
        withoutSockets
                .withPropertyValues(SUCCESSOR)
                .run(context ->
                        assertThat(context).hasNotFailed().doesNotHaveBean(HandoffTakeoverAutoConfiguration.class));
    }

    @Test
    void shouldMoveBetweenTheEndOfTheSocketAndThatOfTheWebServer() {
        withDeparture.withPropertyValues(SUCCESSOR).run(context -> {
            HandoffTakeoverLifecycle lifecycle = context.getBean(HandoffTakeoverLifecycle.class);
            assertThat(lifecycle.getPhase())
                    .isGreaterThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
                    .isLessThan(HandoffServerLifecycle.PHASE);
            assertThat(lifecycle.isRunning()).isTrue();
            assertThat(lifecycle.isPauseable()).isFalse();
        });
    }

    @Test
    void shouldNotStartWhenTheApplicationDoesNotSayWhatMayGo() {
        runner.withPropertyValues(SUCCESSOR)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("No qualifying bean of type '" + WebSocketDeparture.class.getName()));
    }

    @ParameterizedTest
    @CsvSource({
        "socket=, the path is empty",
        "max-unread-bytes=0B, maxUnreadBytes was 0",
        "timeout=0s, timeout was PT0S",
        "at-once=0, atOnce was 0",
        "retry-after=0s, retryAfter was PT0S",
        "await-successor=0s, awaitSuccessor was PT0S",
        "deadline=0s, deadline was PT0S"
    })
    void shouldNotStartWithAValueThatIsNotTaken(String property, String message) {
        withDeparture
                .withPropertyValues(SUCCESSOR, "handoff.takeover." + property)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
    }
}
