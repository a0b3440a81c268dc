package io.handoff.spring.boot;

import io.handoff.netty.answer.OfferAdmission;
import io.handoff.netty.backend.PeerPolicy;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.server.WebFilter;

/**
 * Auto-configuration for a web server on Reactor Netty that serves handed-off connections. It applies if
 * {@code handoff.backend.socket} is set.
 */
@AutoConfiguration(
        after = NettyReactiveWebServerAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
        beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({NettyReactiveWebServerFactory.class, WebFilter.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnProperty("handoff.backend.socket")
@ConditionalOnBean(NettyReactiveWebServerFactory.class)
@EnableConfigurationProperties(HandoffBackendProperties.class)
public final class HandoffBackendAutoConfiguration {

    HandoffBackendAutoConfiguration() {}

    @Bean
    HandoffServerBuilderFactory handoffServerBuilderFactory(
            HandoffBackendProperties properties,
            ObjectProvider<ExpectedTokenPolicy> expectedTokens,
            ObjectProvider<PeerPolicy> peerPolicy,
            ObjectProvider<OfferAdmission> admission,
            ObjectProvider<HandoffListener> listener) {
        return new HandoffServerBuilderFactory(properties, expectedTokens, peerPolicy, admission, listener);
    }

    @Bean
    HandoffServerLifecycle handoffServerLifecycle(
            HandoffServerBuilderFactory builders, HandoffBackendProperties properties) {
        return new HandoffServerLifecycle(builders, properties.getOfferTimeout());
    }

    @Bean
    HandoffWebServerFactoryCustomizer handoffWebServerFactoryCustomizer(
            HandoffBackendProperties properties,
            HandoffServerBuilderFactory builders,
            HandoffServerLifecycle lifecycle,
            ReactorResourceFactory resources) {
        return new HandoffWebServerFactoryCustomizer(properties.isOnly(), builders, lifecycle, resources);
    }

    @Bean
    HandedOffConnectionWebFilter handedOffConnectionWebFilter() {
        return new HandedOffConnectionWebFilter();
    }

    @Bean
    HandedOffRequests handedOffRequests() {
        return new HandedOffRequests();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    @ConditionalOnEnabledHealthIndicator("handoff")
    static class Health {

        @Bean
        @ConditionalOnMissingBean(name = "handoffHealthIndicator")
        HandoffHealthIndicator handoffHealthIndicator(HandoffServerLifecycle lifecycle) {
            return new HandoffHealthIndicator(lifecycle);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBean(MeterRegistry.class)
    static class Metrics {

        @Bean
        HandoffMetricsBinder handoffMetricsBinder(MeterRegistry registry, HandoffServerLifecycle lifecycle) {
            return new HandoffMetricsBinder(registry, lifecycle);
        }
    }
}
