package io.handoff.spring.boot.takeover;

import java.util.Map;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A session as its server has it, whose messages are counted where the application takes and gives them. */
final class CountedSession implements WebSocketSession {

    private final WebSocketSession session;
    private final WebSocketTraffic traffic;

    CountedSession(WebSocketSession session, WebSocketTraffic traffic) {
        this.session = session;
        this.traffic = traffic;
    }

    @Override
    public Flux<WebSocketMessage> receive() {
        return session.receive().doOnNext(message -> ifData(message, traffic::received));
    }

    /** Not fused: a message counts once the application has given it, and not when its turn comes. */
    @Override
    public Mono<Void> send(Publisher<WebSocketMessage> messages) {
        return session.send(Flux.from(messages).hide().doOnNext(message -> ifData(message, traffic::given)));
    }

    private static void ifData(WebSocketMessage message, Runnable count) {
        if (message.getType() == WebSocketMessage.Type.TEXT || message.getType() == WebSocketMessage.Type.BINARY) {
            count.run();
        }
    }

    @Override
    public String getId() {
        return session.getId();
    }

    @Override
    public HandshakeInfo getHandshakeInfo() {
        return session.getHandshakeInfo();
    }

    @Override
    public DataBufferFactory bufferFactory() {
        return session.bufferFactory();
    }

    @Override
    public Map<String, Object> getAttributes() {
        return session.getAttributes();
    }

    @Override
    public boolean isOpen() {
        return session.isOpen();
    }

    @Override
    public Mono<Void> close(CloseStatus status) {
        return session.close(status);
    }

    @Override
    public Mono<CloseStatus> closeStatus() {
        return session.closeStatus();
    }

    @Override
    public WebSocketMessage textMessage(String payload) {
        return session.textMessage(payload);
    }

    @Override
    public WebSocketMessage binaryMessage(Function<DataBufferFactory, DataBuffer> payload) {
        return session.binaryMessage(payload);
    }

    @Override
    public WebSocketMessage pingMessage(Function<DataBufferFactory, DataBuffer> payload) {
        return session.pingMessage(payload);
    }

    @Override
    public WebSocketMessage pongMessage(Function<DataBufferFactory, DataBuffer> payload) {
        return session.pongMessage(payload);
    }
}
