package io.handoff.examples.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.BytesValue;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.handoff.examples.harness.Broker;
import io.handoff.examples.harness.FailedHandoff;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What grpc-java makes of a client whose connection was handed off, over TLS. It has no access log; what there is to log are the attributes
 * of a connection.
 */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class GrpcViewIT {

    private static final int PATIENCE_SECONDS = 30;

    /** Where the client connects from. Neither the broker nor the server has it. */
    private static final String CLIENT = "127.0.0.7";

    private static SslContext ofServer;
    private static SslContext ofClient;

    @TempDir
    Path directory;

    private final Queue<Attributes> opened = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ended = new AtomicInteger();
    private GrpcServer server;
    private Broker broker;
    private ManagedChannel channel;

    @BeforeAll
    static void makeCertificate() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=backend")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        ofServer = GrpcSslContexts.configure(SslContextBuilder.forServer(
                        certificate.getKeyPair().getPrivate(), certificate.getCertificate()))
                .build();
        ofClient = GrpcSslContexts.forClient()
                .trustManager(certificate.getCertificate())
                .build();
    }

    @BeforeEach
    void start() throws Exception {
        Path socket = directory.resolve("s");
        server = new GrpcServer(socket, new InetSocketAddress("localhost", 50051), this::settings);
        broker = Broker.start(socket);
        channel = NettyChannelBuilder.forAddress(broker.address())
                .sslContext(ofClient)
                .localSocketPicker(new NettyChannelBuilder.LocalSocketPicker() {
                    @Override
                    public SocketAddress createSocketAddress(SocketAddress remote, Attributes attributes) {
                        return new InetSocketAddress(CLIENT, 0);
                    }
                })
                .build();
    }

    private NettyServerBuilder settings(NettyServerBuilder builder) {
        return builder.sslContext(ofServer)
                .maxConnectionIdle(1, TimeUnit.SECONDS)
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes transport) {
                        opened.add(transport);
                        return transport;
                    }

                    /** Null for one that has not become ready. */
                    @Override
                    public void transportTerminated(@Nullable Attributes transport) {
                        ended.incrementAndGet();
                    }
                });
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        server.stop();
        broker.close();
    }

    private void call() {
        BytesValue request = BytesValue.getDefaultInstance();
        assertThat(ClientCalls.blockingUnaryCall(
                        channel,
                        EchoService.ONCE,
                        CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
                        request))
                .isEqualTo(request);
    }

    /** The client trusts nothing but the server's certificate, which the broker has not. */
    @Test
    void shouldShakeHandsWithTheClientItselfAndKnowItsAddresses() throws Exception {
        call();

        assertThat(opened).singleElement().satisfies(connection -> {
            assertThat(connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)).isNotNull();
            assertThat(((InetSocketAddress) requireNonNull(connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)))
                            .getHostString())
                    .isEqualTo(CLIENT);
            assertThat(connection.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR)).isEqualTo(broker.address());
        });
        broker.stop();
        assertThat(broker.accepted()).isEqualTo(1);
    }

    @Test
    void shouldCountTheClientsConnectionAndCloseItWhenItIsIdle() {
        call();
        assertThat(opened).hasSize(1);

        await().untilAsserted(() -> assertThat(ended).hasValue(1));
        await().until(() -> channel.getState(false) == ConnectivityState.IDLE);
    }

    @Test
    void shouldLetGoOfAConnectionWhoseHandoffFails() throws Exception {
        FailedHandoff.at(directory.resolve("s"));

        await().untilAsserted(() -> assertThat(ended).hasValue(1));
        assertThat(opened).isEmpty();
    }
}
