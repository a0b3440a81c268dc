package io.handoff.spring.boot.takeover;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

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

    @Bean
    HandlerMapping webSockets() {
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
        return new SimpleUrlHandlerMapping(Map.of("/at-once", atOnce, "/later", later), Ordered.HIGHEST_PRECEDENCE);
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
