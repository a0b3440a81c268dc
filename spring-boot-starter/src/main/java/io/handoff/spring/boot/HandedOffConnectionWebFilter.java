package io.handoff.spring.boot;

import io.handoff.netty.adoption.HandedOffConnection;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Gives an exchange the attribute {@link #ATTRIBUTE}, if its connection was handed off. It comes before all other filters.
 *
 * <pre>{@code
 * @GetMapping("/")
 * String service(@RequestAttribute(HandedOffConnectionWebFilter.ATTRIBUTE) HandedOffConnection connection) {
 *     return connection.serviceName();
 * }
 * }</pre>
 */
public final class HandedOffConnectionWebFilter implements WebFilter, Ordered {

    /** The name of the attribute, a {@link HandedOffConnection}. A connection that the server has accepted itself has none. */
    public static final String ATTRIBUTE = "io.handoff.netty.adoption.HandedOffConnection";

    HandedOffConnectionWebFilter() {}

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return Mono.deferContextual(context -> {
            HandedOffRequests.connectionIn(context)
                    .ifPresent(handedOff -> exchange.getAttributes().put(ATTRIBUTE, handedOff));
            return chain.filter(exchange);
        });
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
