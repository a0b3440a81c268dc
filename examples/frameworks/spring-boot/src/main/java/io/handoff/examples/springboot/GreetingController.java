package io.handoff.examples.springboot;

import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.spring.boot.HandedOffConnectionWebFilter;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

/** Greets each client by its address, and says who has accepted its connection. */
@RestController
class GreetingController {

    @GetMapping("/")
    String greeting(
            ServerHttpRequest request,
            @RequestAttribute(name = HandedOffConnectionWebFilter.ATTRIBUTE, required = false) @Nullable
                    HandedOffConnection connection) {
        InetSocketAddress client = Objects.requireNonNull(request.getRemoteAddress());
        return "Hello " + client.getAddress().getHostAddress() + ":" + client.getPort()
                + (connection == null ? ", accepted here\n" : ", handed off for " + connection.serviceName() + "\n");
    }
}
