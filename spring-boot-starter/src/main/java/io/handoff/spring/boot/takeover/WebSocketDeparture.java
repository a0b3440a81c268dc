package io.handoff.spring.boot.takeover;

import java.util.Optional;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * The application's say on a WebSocket that is to move to the successor: whether it may go now, and what goes with it. A bean of it is
 * needed where {@code handoff.takeover.socket} is set.
 *
 * <pre>{@code
 * @Bean
 * WebSocketDeparture departure() {
 *     return session -> Optional.of(stateOf(session)); // The successor's handler finds it in the session's attributes.
 * }
 * }</pre>
 */
@FunctionalInterface
public interface WebSocketDeparture {

    /**
     * The attribute of a session that has come from the predecessor ({@link WebSocketSession#getAttributes()}): a {@code byte[]}, what
     * {@link #stateOf} returned there. No other session has it.
     */
    String STATE_ATTRIBUTE = "io.handoff.spring.boot.takeover.state";

    /**
     * Lets a session go, or not yet. It is asked right before each attempt to move it, on the event loop of its connection, and must not block.
     * By then {@link WebSocketSession#receive()} has given out every message that was read, and everything that was given to
     * {@link WebSocketSession#send} has been written. What the application has in between, on other threads or in operators that keep
     * messages, only the application knows. What it sends from now on is lost if the session goes: the successor goes on from the state. If this
     * throws, the session stays for now.
     *
     * @param session a session that is open
     * @return what the successor is told of it, empty bytes for nothing; empty if it cannot go now, because the application owes an answer,
     *     for one. It is asked again then
     * @throws Exception if it cannot be told
     */
    Optional<byte[]> stateOf(WebSocketSession session) throws Exception;

    /**
     * Lets every session go between two messages, without state: for handlers that answer each message before the next one, on the thread
     * on which it comes, and keep nothing for a session.
     *
     * @return such a departure
     */
    static WebSocketDeparture betweenMessages() {
        return session -> Optional.of(new byte[0]);
    }
}
