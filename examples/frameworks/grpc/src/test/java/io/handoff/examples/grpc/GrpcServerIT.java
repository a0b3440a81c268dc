package io.handoff.examples.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.handoff.examples.harness.Broker;
import io.handoff.examples.harness.Clients;
import io.handoff.testkit.NoDescriptorsLeft;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** grpc-java's own client meets grpc-java's own server; a broker in a process of its own hands the connections over. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class GrpcServerIT {

    private static final int PATIENCE_SECONDS = 30;

    /** What grpc-java says of a server that sends back what it is sent, as the broker does to whom the backend rejects. */
    private static final String BROKERS_ANSWER = "First received frame was not SETTINGS";

    @TempDir
    Path directory;

    private GrpcServer server;
    private Broker broker;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        server = new GrpcServer(
                directory.resolve("s"), new InetSocketAddress("localhost", 50051), UnaryOperator.identity());
        broker = Broker.start(directory.resolve("s"));
        channel = connect();
    }

    private ManagedChannel connect() {
        return NettyChannelBuilder.forAddress(broker.address())
                .usePlaintext()
                .maxInboundMessageSize(16 << 20)
                .build();
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        server.stop();
        broker.close();
    }

    private static BytesValue once(ManagedChannel channel, BytesValue request) {
        return ClientCalls.blockingUnaryCall(
                channel,
                EchoService.ONCE,
                CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
                request);
    }

    private static BytesValue bytes(int length) {
        return BytesValue.of(ByteString.copyFrom(new byte[length]));
    }

    private static BytesValue text(String text) {
        return BytesValue.of(ByteString.copyFromUtf8(text));
    }

    @Test
    void shouldTellItsHealth() throws Exception {
        assertThat(HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        broker.stop();
        assertThat(broker.accepted()).isEqualTo(1);
    }

    @Test
    void shouldAnswerACallOf10MiB() {
        BytesValue much = bytes(10 << 20);

        assertThat(once(channel, much)).isEqualTo(much);
    }

    @Test
    void shouldStream1000MessagesBothWays() throws Exception {
        Stream stream = new Stream(channel);
        for (int i = 0; i < 1000; i++) {
            stream.requests.onNext(text("message " + i));
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(stream.next()).isEqualTo("message " + i);
        }
        stream.requests.onCompleted();
        assertThat(stream.next()).isEqualTo("OK");
    }

    @Test
    void shouldTellWhichServicesItHas() throws Exception {
        BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable cause) {}

                    @Override
                    public void onCompleted() {}
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

        ServerReflectionResponse answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        requests.onCompleted();

        assertThat(answer).isNotNull();
        assertThat(answer.getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains("grpc.health.v1.Health");
    }

    @Test
    void shouldAnswer64ClientsAtOnce() throws Exception {
        List<BytesValue> answers = Clients.together(64, () -> {
            ManagedChannel own = connect();
            try {
                return once(own, text("mine"));
            } finally {
                own.shutdown().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        });

        assertThat(answers).hasSize(64).containsOnly(text("mine"));
        broker.stop();
        assertThat(broker.accepted()).isEqualTo(64);
    }

    @Test
    void shouldLetAStreamEndThatIsOpenWhileItShutsDown() throws Exception {
        Stream stream = new Stream(channel);
        stream.requests.onNext(text("before"));
        assertThat(stream.next()).isEqualTo("before");
        Thread shutdown = new Thread(() -> {
            try {
                server.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        shutdown.start();
        while (channel.getState(false) == ConnectivityState.READY) {
            Thread.onSpinWait(); // Until the server's GOAWAY has come.
        }

        stream.requests.onNext(text("during"));
        assertThat(stream.next()).isEqualTo("during");
        stream.requests.onCompleted();
        assertThat(stream.next()).isEqualTo("OK");
        shutdown.join();
    }

    /** Each with a connection of its own: a call is answered, or the client told that the server is gone. */
    @Test
    void shouldAnswerOrRefuseEachCallWhileItShutsDown() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        Thread shutdown = new Thread(() -> {
            while (answered.get() < 200) {
                Thread.onSpinWait();
            }
            try {
                server.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        shutdown.start();

        List<String> last = Clients.together(64, () -> {
            String outcome = "OK";
            while (outcome.equals("OK")) {
                outcome = outcomeOfACallOnItsOwnConnection();
                answered.incrementAndGet();
            }
            return outcome;
        });

        shutdown.join();
        assertThat(last).allMatch(text -> text.startsWith("UNAVAILABLE") || text.contains(BROKERS_ANSWER));
    }

    private String outcomeOfACallOnItsOwnConnection() throws InterruptedException {
        ManagedChannel own = connect();
        try {
            once(own, text("mine"));
            return "OK";
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + " " + e.getStatus().getCause();
        } finally {
            own.shutdownNow().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** What has come on a stream, and at last its status. */
    private static final class Stream {
        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        private final StreamObserver<BytesValue> requests;

        Stream(ManagedChannel channel) {
            requests = ClientCalls.asyncBidiStreamingCall(
                    channel.newCall(EchoService.STREAM, CallOptions.DEFAULT), new StreamObserver<>() {
                        @Override
                        public void onNext(BytesValue answer) {
                            answers.add(answer.getValue().toStringUtf8());
                        }

                        @Override
                        public void onError(Throwable cause) {
                            answers.add(Status.fromThrowable(cause).toString());
                        }

                        @Override
                        public void onCompleted() {
                            answers.add("OK");
                        }
                    });
        }

        String next() throws InterruptedException {
            return String.valueOf(answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }
}
