package io.handoff.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.examples.harness.Broker;
import io.handoff.examples.harness.Shutdown;
import io.handoff.testkit.JavaCommand;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.StartedProcess;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application as it is, and clients; a broker in a process of its own hands their connections over. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class GreetingApplicationIT {

    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n";
    private static final int READ_TIMEOUT_MILLIS = 30_000;
    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path directory;

    private Path socket() {
        return directory.resolve("s");
    }

    private String[] arguments(String... more) {
        return Stream.concat(
                        Stream.of(
                                "--handoff.backend.socket=" + socket(),
                                "--server.port=0",
                                "--spring.reactor.netty.shutdown-quiet-period=100ms"),
                        Arrays.stream(more))
                .toArray(String[]::new);
    }

    /** An answer, and the address of the client who got it. */
    private record Answered(String answer, String client) {

        static Answered at(InetSocketAddress server) throws IOException {
            try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
                socket.setSoTimeout(READ_TIMEOUT_MILLIS);
                socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.UTF_8));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return new Answered(answer, "127.0.0.1:" + socket.getLocalPort());
            }
        }
    }

    private static boolean isWhole(String text) {
        return text.startsWith("HTTP/1.1 200 OK\r\n") && text.endsWith(", handed off for example\n");
    }

    @Test
    void shouldGreetClientsWhoseConnectionsAreHandedOffAndOthers() throws Exception {
        try (ConfigurableApplicationContext application =
                        SpringApplication.run(GreetingApplication.class, arguments());
                Broker broker = Broker.start(socket())) {
            Answered handedOff = Answered.at(broker.address());
            assertThat(handedOff.answer())
                    .endsWith("\r\n\r\nHello " + handedOff.client() + ", handed off for example\n");

            int port = application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            Answered accepted = Answered.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            assertThat(accepted.answer()).endsWith("\r\n\r\nHello " + accepted.client() + ", accepted here\n");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAnswerEachClientWhileItShutsDown(boolean only) throws Exception {
        ConfigurableApplicationContext application =
                SpringApplication.run(GreetingApplication.class, arguments("--handoff.backend.only=" + only));

        Shutdown.underLoad(socket(), REQUEST, GreetingApplicationIT::isWhole, () -> {
            application.close();
            return null;
        });
        assertThat(socket()).doesNotExist();
    }

    /** What the starter itself brings has to do. */
    @Test
    void shouldServeAndShutDownInAProcessWithoutTheActuator() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Stream.of(
                                "actuator",
                                "spring-boot-health",
                                "micrometer-core",
                                "micrometer-metrics",
                                "handoff-cli")
                        .noneMatch(entry::contains))
                .collect(Collectors.joining(File.pathSeparator));
        JavaCommand command = JavaCommand.of(GreetingApplication.class)
                .withClassPath(classPath)
                .withArguments(arguments());
        try (StartedProcess application = StartedProcess.startUntil(
                        command.toList(), line -> line.endsWith("Serving connections handed off at " + socket()));
                Broker broker = Broker.start(socket())) {
            assertThat(Answered.at(broker.address()).answer()).endsWith(", handed off for example\n");

            assertThat(application.terminate().awaitExit()).isEqualTo(TERMINATED);
            assertThat(socket()).doesNotExist();
        }
    }
}
