package io.handoff.cli.config;

import java.time.Duration;

/**
 * How clients are looked at, where there is a route.
 *
 * @param timeout how long a client has to send what routes ask for; then it counts as silent
 * @param maxBytes how much of that is looked at; a client whose first bytes say nothing by then fits no route
 */
public record PeekConfig(Duration timeout, int maxBytes) {

    public static final PeekConfig DEFAULT = new PeekConfig(Duration.ofSeconds(3), 64 * 1024);
}
