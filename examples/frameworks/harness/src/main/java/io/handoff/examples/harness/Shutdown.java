package io.handoff.examples.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * A framework's own graceful shutdown while clients keep connecting: each of them is answered by exactly one side. Each client makes a
 * connection of its own, asks once, and reads to the end.
 */
public final class Shutdown {

    /** Clients at a time. */
    private static final int CLIENTS = 64;

    /** Answers before the shutdown begins. */
    private static final int BEFORE = 200;

    private static final int READ_TIMEOUT_MILLIS = 30_000;

    private Shutdown() {}

    /** What a client got. */
    private enum Got {
        BACKENDS_ANSWER,
        /** The broker, which echoes. */
        BROKERS_ANSWER,
        /** A plain end before any byte. */
        END
    }

    /**
     * Runs it.
     *
     * @param backend the path of the backend's handoff socket
     * @param request what a client sends; the backend closes the connection after its answer
     * @param answers whether what a client has read to the end is one whole answer of the backend
     * @param shutdown the framework's, which returns when it is over
     */
    public static void underLoad(Path backend, String request, Answer answers, Callable<?> shutdown) throws Exception {
        Map<Got, LongAdder> got = new EnumMap<>(Got.class);
        for (Got each : Got.values()) {
            got.put(each, new LongAdder());
        }
        AtomicBoolean isOver = new AtomicBoolean();
        try (Broker broker = Broker.start(backend)) {
            Thread shuttingDown = new Thread(() -> {
                while (count(got, Got.BACKENDS_ANSWER) < BEFORE) {
                    Thread.onSpinWait();
                }
                try {
                    shutdown.call();
                } catch (Exception e) {
                    throw new IllegalStateException("the framework could not be shut down", e);
                } finally {
                    isOver.set(true);
                }
            });
            shuttingDown.start();
            Clients.together(CLIENTS, () -> {
                while (!isOver.get()) {
                    Objects.requireNonNull(got.get(ask(broker, request, answers)))
                            .increment();
                }
                return null;
            });
            shuttingDown.join();
            String output = broker.stop();

            assertThat(count(got, Got.END))
                    .as(() -> "clients with no answer\n" + output)
                    .isZero();
            assertThat(broker.accepted())
                    .as("accepted, and answered by the backend")
                    .isEqualTo(count(got, Got.BACKENDS_ANSWER));
            assertThat(broker.servedHere())
                    .as("not accepted, and answered by the broker")
                    .isEqualTo(count(got, Got.BROKERS_ANSWER));
        }
    }

    private static long count(Map<Got, LongAdder> got, Got kind) {
        return Objects.requireNonNull(got.get(kind)).sum();
    }

    /** Tells whether text is a whole answer. */
    public interface Answer {
        boolean isWhole(String text);
    }

    private static Got ask(Broker broker, String request, Answer answers) throws IOException {
        try (Socket client =
                new Socket(broker.address().getAddress(), broker.address().getPort())) {
            client.setSoTimeout(READ_TIMEOUT_MILLIS);
            client.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            InputStream in = client.getInputStream();
            String first = new String(in.readNBytes(request.length()), StandardCharsets.UTF_8);
            if (first.equals(request)) {
                return Got.BROKERS_ANSWER;
            }
            String all = first + new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all).as("one whole answer, or none").matches(text -> text.isEmpty() || answers.isWhole(text));
            return all.isEmpty() ? Got.END : Got.BACKENDS_ANSWER;
        }
    }
}
