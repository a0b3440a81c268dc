package io.handoff.spring.boot.takeover;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.WebsocketServerSpec;

/**
 * An application of which the next release takes the place. It answers each message with how many have come, and that number travels:
 * at once, or a moment later on another thread.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
class Release {

    private static final String COUNT = "count";
    private static final String OWED = "owed";

    /** Long enough that answers are owed at any moment while a client talks. */
    private static final Duration THOUGHT = Duration.ofMillis(2);

    /** Starts one that takes over at the one socket, and leaves by the other. */
    static ReactiveWebServerApplicationContext start(Path socket, Path successor, String... properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--spring.reactor.netty.shutdown-quiet-period=100ms",
                "--spring.lifecycle.timeout-per-shutdown-phase=2m",
                "--handoff.backend.socket=" + socket,
                "--handoff.backend.max-state-bytes=48KB",
                "--handoff.backend.offer-timeout=30s",
                "--handoff.takeover.socket=" + successor,
                "--handoff.takeover.timeout=30s",
                "--handoff.takeover.deadline=10s",
                "--handoff.takeover.retry-after=10ms"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        return (ReactiveWebServerApplicationContext)
                new SpringApplicationBuilder(Release.class).run(arguments.toArray(String[]::new));
    }

    /** Two releases live in one JVM here, and each ends the event loops that it has. */
    @Bean
    ReactorResourceFactory reactorResourceFactory() {
        ReactorResourceFactory factory = new ReactorResourceFactory();
        factory.setUseGlobalResources(false);
        return factory;
    }

    @Bean
    WebSocketDeparture departure() {
        return session -> counter(session, OWED).get() > 0
                ? Optional.empty()
                : Optional.of(counter(session, COUNT).toString().getBytes(UTF_8));
    }

    /** Takes its time before a WebSocket is open, on another thread, as one does that looks for a login. */
    @Bean
    WebFilter slowly() {
        return (exchange, chain) -> Mono.delay(THOUGHT).then(chain.filter(exchange));
    }

    /** Without one of its paths, if a property says so. */
    @Bean
    HandlerMapping webSockets(Environment environment) {
        WebSocketHandler atOnce = session -> {
            begin(session);
            return session.send(
                    session.receive().map(message -> session.textMessage(answer(session, message.getPayloadAsText()))));
        };
        WebSocketHandler later = session -> {
            begin(session);
            return session.receive()
                    .map(message -> message.getPayloadAsText())
                    .doOnNext(text -> counter(session, OWED).incrementAndGet())
                    .concatMap(text -> Mono.delay(THOUGHT)
                            .then(Mono.defer(() -> session.send(Mono.just(session.textMessage(answer(session, text))))))
                            .doOnSuccess(sent -> counter(session, OWED).decrementAndGet()))
                    .then();
        };
        Map<String, WebSocketHandler> handlers =
                new HashMap<>(Map.of("/at-once", atOnce, "/later", later, "/handshake", new HandshakeTeller()));
        handlers.remove(environment.getProperty("release.forgets"));
        return new SimpleUrlHandlerMapping(handlers, Ordered.HIGHEST_PRECEDENCE);
    }

    /** Compresses messages, if a property says so and the client can. */
    @Bean
    WebSocketHandlerAdapter webSocketHandlerAdapter(@Value("${release.compresses:false}") boolean compresses) {
        return new WebSocketHandlerAdapter(new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy(
                () -> WebsocketServerSpec.builder().compress(compresses))));
    }

    /** Answers with what was agreed on when the WebSocket was opened. */
    private static final class HandshakeTeller implements WebSocketHandler {

        @Override
        public List<String> getSubProtocols() {
            return List.of("numbers.v2", "numbers.v1");
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            begin(session);
            HandshakeInfo handshake = session.getHandshakeInfo();
            String agreed = handshake.getUri().getQuery() + " " + handshake.getSubProtocol() + " "
                    + handshake.getHeaders().getFirst("X-Client") + " " + handshake.getRemoteAddress();
            return session.send(session.receive().map(message -> session.textMessage(agreed)));
        }
    }

    private static void begin(WebSocketSession session) {
        byte[] state = (byte[]) session.getAttributes().get(WebSocketDeparture.STATE_ATTRIBUTE);
        long count = state == null ? 0 : Long.parseLong(new String(state, UTF_8));
        session.getAttributes().put(COUNT, new AtomicLong(count));
        session.getAttributes().put(OWED, new AtomicLong());
    }

    private static String answer(WebSocketSession session, String text) {
        return counter(session, COUNT).incrementAndGet() + " " + text;
    }

    private static AtomicLong counter(WebSocketSession session, String name) {
        return (AtomicLong) Objects.requireNonNull(session.getAttributes().get(name));
    }
}
