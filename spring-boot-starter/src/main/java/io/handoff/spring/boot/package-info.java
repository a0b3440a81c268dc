/**
 * Auto-configuration for Spring Boot: with {@code handoff.backend.socket} set, a WebFlux application on Reactor Netty serves the client
 * connections that brokers hand off to it, beside those that it accepts at its port, or instead of these.
 *
 * <p>The WebSockets of an application that shuts down move to its successor: package {@code takeover}.
 *
 * <p>What a program uses of it: {@link io.handoff.spring.boot.HandedOffConnectionWebFilter#ATTRIBUTE}, under which an exchange has
 * where its connection comes from, and {@link io.handoff.spring.boot.HandoffServerLifecycle#server()}, for the tokens and the counts.
 */
@NullMarked
package io.handoff.spring.boot;

import org.jspecify.annotations.NullMarked;
