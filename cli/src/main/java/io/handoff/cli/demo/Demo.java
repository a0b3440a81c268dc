package io.handoff.cli.demo;

import io.handoff.netty.token.HandoffToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The steps of the demonstration, in their order. A backend and a broker do what is to be shown; a second pair, whose
 * backend waits for a token that its broker does not know, shows what a rejection means for a client.
 */
final class Demo {

    private static final int EARLY = 10;
    private static final int LATE = 10;
    private static final int CLIENTS = EARLY + LATE;
    private static final int CONVERSATION = 256 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final String LISTENING = "listening on ";
    private static final String BROKER_LISTENING = LISTENING + "127.0.0.1:";

    private final PrintWriter out;
    private final DemoProcesses processes;
    private final DemoProcess backend;
    private final DemoProcess broker;
    private final DemoProcess strictBackend;
    private final DemoProcess brokerOfStrict;

    /** Starts all processes at once, as that takes most of the time. */
    Demo(PrintWriter out, DemoProcesses processes) throws IOException {
        this.out = out;
        this.processes = processes;
        backend = processes.start("backend", "--socket", socket("backend"));
        broker = startBroker("backend");
        strictBackend = processes.start(
                "backend",
                "--socket",
                socket("strict"),
                "--policy",
                "expected",
                "--token",
                HandoffToken.random().toHex());
        brokerOfStrict = startBroker("strict");
    }

    private DemoProcess startBroker(String backendName) throws IOException {
        return processes.start(
                "broker", "--listen", "127.0.0.1:0", "--backend", socket(backendName), "--service", "demo");
    }

    private String socket(String name) {
        return processes.socket(name).toString();
    }

    /** Runs the steps up to the first that does not come out as expected; tells whether there was none. */
    boolean run() throws Exception {
        return step("start a backend", LISTENING + "its socket", () -> awaitListening(backend, LISTENING))
                && step("start its broker", LISTENING + "127.0.0.1", () -> awaitListening(broker, BROKER_LISTENING))
                && handOffs()
                && step(
                        "start a strict backend",
                        LISTENING + "its socket",
                        () -> awaitListening(strictBackend, LISTENING))
                && step(
                        "start its broker",
                        LISTENING + "127.0.0.1",
                        () -> awaitListening(brokerOfStrict, BROKER_LISTENING))
                && rejection()
                && step("stop both brokers", "exit 0, exit 0", () -> stop(broker, brokerOfStrict))
                && step("stop both backends", "exit 0, exit 0", () -> stop(backend, strictBackend))
                && step("socket files left", "none", this::leftovers);
    }

    private boolean step(String name, String expected, Callable<String> action) {
        return new DemoStep(name, expected, action).run(out);
    }

    /** A step of which only failing is not expected. */
    private boolean action(String name, String success, Action action) {
        return step(name, success, () -> {
            action.run();
            return success;
        });
    }

    private interface Action {
        void run() throws Exception;
    }

    private static String awaitListening(DemoProcess process, String beginning) throws Exception {
        String line = process.awaitFirstLine(TIMEOUT);
        if (!line.startsWith(beginning)) {
            return line;
        }
        return beginning.equals(LISTENING) ? LISTENING + "its socket" : LISTENING + "127.0.0.1";
    }

    private static int portOf(DemoProcess broker) throws Exception {
        String line = broker.awaitFirstLine(TIMEOUT);
        return Integer.parseInt(line.substring(BROKER_LISTENING.length(), line.lastIndexOf(" (")));
    }

    private boolean handOffs() throws Exception {
        long backendBefore = backend.openSockets();
        long brokerBefore = broker.openSockets();
        String before = sockets(backendBefore, brokerBefore);
        try (DemoClients clients = new DemoClients(portOf(broker), TIMEOUT)) {
            return step("open sockets before", before, () -> before)
                    && action(EARLY + " clients send, broker halted", "connected", () -> sendEarly(clients))
                    && action("the broker goes on", "all echoed", () -> {
                        broker.resume();
                        clients.awaitEchoes();
                    })
                    && action(LATE + " clients, one by one", "all echoed", () -> clients.connectAndConverse(LATE))
                    && note("connect to first echo", clients.timesToFirstEcho())
                    && action(
                            "256 KiB through each of " + CLIENTS,
                            "each byte once, in order",
                            () -> clients.converse(CONVERSATION))
                    && step("handed off, says the broker", CLIENTS + " accepted", () -> awaitAccepted(broker))
                    && step("adopted, says the backend", CLIENTS + " accepted", () -> awaitAccepted(backend))
                    && step(
                            "open sockets meanwhile",
                            sockets(backendBefore + CLIENTS, brokerBefore),
                            () -> awaitSockets(backendBefore + CLIENTS, brokerBefore))
                    && action("all clients leave", "nothing more came back", clients::finish)
                    && step("open sockets after", before, () -> awaitSockets(backendBefore, brokerBefore));
        }
    }

    /** Nobody accepts meanwhile: the kernel keeps the connections, and their bytes. */
    private void sendEarly(DemoClients clients) throws Exception {
        broker.suspend();
        await(broker::isSuspended);
        clients.connectAndSend(EARLY);
    }

    private static String awaitAccepted(DemoProcess process) throws Exception {
        await(() -> countAccepted(process) == CLIENTS);
        return countAccepted(process) + " accepted";
    }

    private static long countAccepted(DemoProcess process) {
        return process.lines().stream()
                .filter(line -> line.startsWith("accepted "))
                .count();
    }

    private String awaitSockets(long expectedOfBackend, long expectedOfBroker) throws Exception {
        await(() -> backend.openSockets() == expectedOfBackend && broker.openSockets() == expectedOfBroker);
        return sockets(backend.openSockets(), broker.openSockets());
    }

    private static String sockets(long ofBackend, long ofBroker) {
        return "backend " + ofBackend + ", broker " + ofBroker;
    }

    private boolean rejection() throws Exception {
        String rejected = "rejected correlation_id=1: handoff token mismatch";
        try (DemoClients clients = new DemoClients(portOf(brokerOfStrict), TIMEOUT)) {
            return action("a client that it rejects", "each byte once, in order", () -> {
                        clients.connectAndConverse(1);
                        clients.converse(CONVERSATION);
                        clients.finish();
                    })
                    && step("says its broker, which serves it", rejected, () -> {
                        await(() -> brokerOfStrict.lines().size() == 2);
                        return brokerOfStrict.lines().get(1);
                    });
        }
    }

    private static String stop(DemoProcess first, DemoProcess second) throws InterruptedException {
        first.terminate();
        second.terminate();
        return first.awaitExit(TIMEOUT) + ", " + second.awaitExit(TIMEOUT);
    }

    private String leftovers() throws IOException {
        return processes.leftovers().isEmpty() ? "none" : String.join(", ", processes.leftovers());
    }

    private boolean note(String name, String text) {
        out.printf("%-32s %s%n", "  " + name, text);
        return true;
    }

    /** Waits until it is so, or for the timeout. */
    private static void await(Callable<Boolean> condition) throws Exception {
        long startNanos = System.nanoTime();
        while (!condition.call() && System.nanoTime() - startNanos < TIMEOUT.toNanos()) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
