package io.handoff.spring.boot;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.server.HttpServer;

/**
 * Has the main web server take handed-off connections. A customizer of the factory, because those of the server
 * ({@code NettyServerCustomizer}) are also applied to the management server.
 */
final class HandoffWebServerFactoryCustomizer implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

    private final boolean only;
    private final HandoffServerBuilderFactory builders;
    private final HandoffServerLifecycle lifecycle;
    private final ReactorResourceFactory resources;

    HandoffWebServerFactoryCustomizer(
            boolean only,
            HandoffServerBuilderFactory builders,
            HandoffServerLifecycle lifecycle,
            ReactorResourceFactory resources) {
        this.only = only;
        this.builders = builders;
        this.lifecycle = lifecycle;
        this.resources = resources;
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        factory.setResourceFactory(new Resources());
        factory.addServerCustomizers(this::check);
    }

    /** What is wrong with the settings is told before the server listens. */
    private HttpServer check(HttpServer server) {
        builders.create();
        return server;
    }

    /**
     * The event loops that the program's factory has. That one starts and stops them, and whatever else takes loops from there, clients and
     * the management server, is left as it is.
     */
    private final class Resources extends ReactorResourceFactory {

        @Override
        public HandoffLoopResources getLoopResources() {
            return new HandoffLoopResources(resources.getLoopResources(), only, builders, lifecycle);
        }
    }
}
