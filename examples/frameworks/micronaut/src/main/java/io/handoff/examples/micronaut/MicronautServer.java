package io.handoff.examples.micronaut;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.nio.file.Path;
import java.util.Map;

/** A Micronaut application as one writes it, which has one more bean: {@link HandedOff}. */
public final class MicronautServer {

    private final ApplicationContext context;

    /**
     * Starts it.
     *
     * @param socket where brokers hand connections off
     * @param port where clients connect that no broker has taken
     */
    public MicronautServer(Path socket, int port) {
        context = ApplicationContext.run(
                Map.of("handoff.socket", socket.toString(), "micronaut.server.port", Integer.toString(port)));
        context.getBean(EmbeddedServer.class).start();
    }

    /** Handed-off connections first; then as Micronaut does it. */
    public void stop() throws InterruptedException {
        if (context.isRunning()) {
            context.getBean(HandedOff.class).stop();
            context.close();
        }
    }

    /** Serves at the path that is given, and at port 8080, until it is told to end. */
    public static void main(String[] arguments) {
        MicronautServer server = new MicronautServer(Path.of(arguments[0]), 8080);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
