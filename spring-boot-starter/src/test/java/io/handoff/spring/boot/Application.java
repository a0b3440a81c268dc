package io.handoff.spring.boot;

import io.handoff.netty.adoption.HandedOffConnection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;

/** A WebFlux application that says where its connections come from. */
@SpringBootConfiguration
@EnableAutoConfiguration
@RestController
class Application {

    /** Starts it with a port that the system chooses, and a socket. */
    static ReactiveWebServerApplicationContext start(Path socket, String... properties) {
        return start(socket, List.of(Application.class), properties);
    }

    static ReactiveWebServerApplicationContext start(Path socket, List<Class<?>> sources, String... properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.address=127.0.0.1",
                "--spring.main.banner-mode=off",
                "--spring.reactor.netty.shutdown-quiet-period=100ms",
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.health.show-details=always",
                "--handoff.backend.socket=" + socket));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        if (Arrays.stream(properties).noneMatch(property -> property.startsWith("server.port="))) {
            arguments.add("--server.port=0");
        }
        return (ReactiveWebServerApplicationContext)
                new SpringApplicationBuilder(sources.toArray(Class[]::new)).run(arguments.toArray(String[]::new));
    }

    @Bean
    HandlerMapping webSockets() {
        WebSocketHandler echo = session ->
                session.send(session.receive().map(message -> session.textMessage(message.getPayloadAsText())));
        return new SimpleUrlHandlerMapping(Map.of("/web-socket", echo), Ordered.HIGHEST_PRECEDENCE);
    }

    @GetMapping("/")
    String service(
            @RequestAttribute(name = HandedOffConnectionWebFilter.ATTRIBUTE, required = false) @Nullable
                    HandedOffConnection connection) {
        return connection == null ? "accepted here" : "handed off for " + connection.serviceName();
    }

    @GetMapping("/client")
    String client(ServerHttpRequest request) {
        return String.valueOf(Objects.requireNonNull(request.getRemoteAddress()).getPort());
    }

    @PostMapping("/echo")
    byte[] echo(@RequestBody byte[] body) {
        return body;
    }
}
