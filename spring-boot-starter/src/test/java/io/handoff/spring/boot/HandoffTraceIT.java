package io.handoff.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.proto.v1.Frame;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.HandoffFrames;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

/** The trace context that tracing finds when the observation of a request starts. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class HandoffTraceIT {

    private static final String BROKERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String CLIENTS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @TempDir
    Path directory;

    /** As tracing is told. */
    static class Started implements ObservationHandler<ServerRequestObservationContext> {

        private final Queue<String> contexts = new ConcurrentLinkedQueue<>();

        @Override
        public void onStart(ServerRequestObservationContext context) {
            ServerHttpRequest request = Objects.requireNonNull(context.getCarrier());
            contexts.add(context.getGetter().get(request, "traceparent") + " "
                    + context.getGetter().get(request, "tracestate"));
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof ServerRequestObservationContext;
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                // What the broker sends, what the client sends, what is found.
                BROKERS + ", vendor=1, '', " + BROKERS + " vendor=1",
                BROKERS + ", '', '', " + BROKERS + " null",
                BROKERS + ", vendor=1, 'traceparent: " + CLIENTS + "\r\n', " + CLIENTS + " null",
                BROKERS + ", vendor=1, 'b3: 0\r\n', null null",
                BROKERS + ", vendor=1, 'x-b3-traceid: 463ac35c9f6413ad\r\n', null null",
                "'', '', '', null null",
                "'00-xyz', vendor=1, '', null null",
                "'" + BROKERS + "\r\n', vendor=1, '', null null",
                BROKERS + ", 'vendor=1\r\n', '', " + BROKERS + " null"
            })
    void shouldBeTheHandoffsWhereTheRequestBringsNone(
            String traceparent, String tracestate, String header, String expected) throws Exception {
        Path socket = directory.resolve("s");
        try (ReactiveWebServerApplicationContext application =
                        Application.start(socket, List.of(Application.class, Started.class));
                ClientConnection client = ClientConnection.tcp();
                TestBroker broker = TestBroker.connect(socket)) {
            Frame offer = HandoffFrames.offer(HandoffFrames.randomToken(), "traced", 1).toBuilder()
                    .setTraceparent(traceparent)
                    .setTracestate(tracestate)
                    .build();
            assertThat(broker.handOff(offer, client.accepted().descriptor()).getAccepted())
                    .isTrue();
            client.accepted().close();
            client.client().send("GET / HTTP/1.1\r\nHost: example\r\nConnection: close\r\n" + header + "\r\n");

            assertThat(client.client().receiveTextToEnd()).endsWith("handed off for traced");
            assertThat(application.getBean(Started.class).contexts).containsExactly(expected);
        }
    }
}
