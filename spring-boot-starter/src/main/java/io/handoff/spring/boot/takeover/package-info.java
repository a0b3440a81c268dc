/**
 * The takeover: with {@code handoff.takeover.socket} set, an application that shuts down moves its WebSockets to its successor, which goes on
 * with them where they are. Their clients notice nothing.
 *
 * <p>A WebSocket is resumed with the request that has opened it: the successor's application is given that request once more, what it answers is
 * not sent, and its handler gets a session. So everything in front of the handler, mappings, filters and security, works as ever.
 *
 * <p>What a program uses of it: {@link io.handoff.spring.boot.takeover.WebSocketDeparture}, a bean that says when a session may go, and with what.
 */
@NullMarked
package io.handoff.spring.boot.takeover;

import org.jspecify.annotations.NullMarked;
