package io.handoff.examples.micronaut;

import io.handoff.examples.harness.Clients;
import io.handoff.examples.harness.ClientsView;
import io.handoff.examples.harness.ServedConnections.Stop;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.netty.pkitesting.X509Bundle;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** What Micronaut makes of a client whose connection was handed off. It does not count connections. */
class MicronautViewIT extends ClientsView {

    private static final String PASSWORD = "changeit";

    @Override
    protected Stop startServer(Path socket, X509Bundle certificate, Duration idleTimeout) throws Exception {
        Path keys = directory.resolve("keys.p12");
        try (OutputStream out = Files.newOutputStream(keys)) {
            certificate.toKeyStore(PASSWORD.toCharArray()).store(out, PASSWORD.toCharArray());
        }
        ApplicationContext context = ApplicationContext.run(Map.of(
                "handoff.socket",
                socket.toString(),
                "micronaut.server.ssl.enabled",
                "true",
                "micronaut.server.ssl.port",
                Integer.toString(Clients.freePort()),
                "micronaut.server.ssl.key-store.path",
                "file:" + keys,
                "micronaut.server.ssl.key-store.password",
                PASSWORD,
                "micronaut.server.ssl.key-store.type",
                "PKCS12",
                "micronaut.server.idle-timeout",
                idleTimeout.toSeconds() + "s",
                "micronaut.server.netty.access-logger.enabled",
                "true"));
        context.getBean(EmbeddedServer.class).start();
        return () -> {
            context.getBean(HandedOff.class).stop();
            context.close();
        };
    }

    @Override
    protected String greeting(String client, String server) {
        return "hello " + client + ", this is " + server + "\n";
    }

    @Override
    protected String accessLog() {
        return "HTTP_ACCESS_LOGGER";
    }
}
