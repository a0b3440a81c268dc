package io.handoff.examples.micronaut;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.net.InetSocketAddress;

/** Tells the client both ends of its connection. */
@Controller
final class GreetingController {

    @Get(produces = MediaType.TEXT_PLAIN)
    String greet(HttpRequest<?> request) {
        return "hello " + text(request.getRemoteAddress()) + ", this is " + text(request.getServerAddress()) + "\n";
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
