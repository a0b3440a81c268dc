package io.handoff.reliability.exhaustion;

import io.handoff.benchmarks.host.ParentProcess;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.token.HandoffToken;
import io.handoff.reliability.exhaustion.BrokeredClients.Client;
import io.netty.channel.unix.FileDescriptor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A broker, in a process of its own that runs into the limits of its descriptors when it is told to on its standard
 * input. Argument: the socket of the backend.
 */
final class LimitedBroker implements AutoCloseable {

    static final String HAND_OFF = "hand off";
    static final String FILL_DESCRIPTORS = "fill descriptors";
    static final String CLOSE_DESCRIPTORS = "close descriptors";
    static final String READY = "ready";

    /** As long as the broker's own answer. */
    private static final String QUESTION = "anyone";

    private final HandoffBroker broker;
    private final BrokeredClients clients = new BrokeredClients();
    private final List<Closeable> fillers = new ArrayList<>();
    private Client client;

    private LimitedBroker(Path backend) throws IOException, InterruptedException {
        this.broker = HandoffBroker.builder(backend)
                .timeout(DescriptorExhaustionIT.PATIENCE)
                .build();
        this.client = clients.connect();
    }

    public static void main(String[] args) throws Exception {
        try (LimitedBroker broker = new LimitedBroker(Path.of(args[0]))) {
            System.out.println(READY);
            ParentProcess.serve(broker::answer);
        }
    }

    private String answer(String order) throws Exception {
        return switch (order) {
            case HAND_OFF -> handOff();
            case FILL_DESCRIPTORS -> fillDescriptors();
            case CLOSE_DESCRIPTORS -> empty();
            default -> throw new IOException("unknown order: " + order);
        };
    }

    /** Tells the outcome, and who answers the client afterwards: the broker, or the backend with an echo. */
    private String handOff() throws Exception {
        HandoffOutcome outcome = broker.handOff(client.channel(), "echo", HandoffToken.random(), 1)
                .get();
        String answer = client.ask(QUESTION);
        if (outcome instanceof HandoffOutcome.Accepted) {
            client.close();
            client = clients.connect();
        }
        return told(outcome) + "; served by " + (answer.equals(QUESTION) ? "backend" : answer);
    }

    private static String told(HandoffOutcome outcome) {
        return outcome instanceof HandoffOutcome.Failed failed
                ? "failed at " + failed.stage() + ", usable " + failed.connectionUsable() + ": "
                        + failed.cause().getMessage()
                : outcome.toString();
    }

    private String fillDescriptors() {
        while (true) {
            try {
                FileDescriptor filler = FileDescriptor.from("/dev/null");
                fillers.add(filler::close);
            } catch (IOException refused) {
                return String.valueOf(refused.getMessage());
            }
        }
    }

    private String empty() throws IOException {
        for (Closeable filler : fillers) {
            filler.close();
        }
        fillers.clear();
        return READY;
    }

    @Override
    public void close() throws IOException {
        empty();
        client.close();
        clients.close();
    }
}
