package io.handoff.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.http.client.ReactorResourceFactory;

/** What an application tells that cannot start, and that it leaves nothing behind. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class HandoffStartFailureIT {

    private static final String BESIDE = "handoff.backend.only=false";
    private static final String INSTEAD = "handoff.backend.only=true";

    @TempDir
    Path directory;

    private Path socket() {
        return directory.resolve("s");
    }

    private static FailureAnalysis analysisOfStart(Path socket, List<Class<?>> sources, String... properties) {
        Throwable failure = catchThrowable(
                () -> Application.start(socket, sources, properties).close());
        assertThat(failure).isNotNull();
        StandardEnvironment environment = new StandardEnvironment();
        Map<String, Object> values = Arrays.stream(properties)
                .map(property -> property.split("=", 2))
                .collect(Collectors.toMap(property -> property[0], property -> property[1]));
        environment.getPropertySources().addFirst(new MapPropertySource("of the application", values));
        return firstAnalysisOf(failure, environment);
    }

    /** As Spring Boot chooses one. */
    private static FailureAnalysis firstAnalysisOf(Throwable failure, Environment environment) {
        ArgumentResolver arguments = ArgumentResolver.of(BeanFactory.class, new DefaultListableBeanFactory())
                .and(Environment.class, environment);
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, arguments, (type, name, cause) -> {})
                .stream()
                .map(analyzer -> analyzer.analyze(failure))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    private void assertTold(FailureAnalysis analysis, String description, String action) {
        assertThat(analysis.getDescription())
                .isEqualTo("Unable to serve connections handed off at " + socket() + ": " + description);
        assertThat(analysis.getAction()).isEqualTo(action);
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldTellThatAnotherListensAtTheSocket(String mode) throws Exception {
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(socket()));

            assertTold(
                    analysisOfStart(socket(), List.of(Application.class), mode),
                    "cannot listen on " + socket() + ": another process listens there.",
                    "Stop the process that listens there, or set 'handoff.backend.socket' to another path.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldTellThatAFileIsInTheWay(String mode) throws IOException {
        Files.createFile(socket());

        assertTold(
                analysisOfStart(socket(), List.of(Application.class), mode),
                "cannot listen on " + socket() + ": it exists and is no socket.",
                "Remove the file, or set 'handoff.backend.socket' to another path.");
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldTellThatThereIsNoSuchDirectory(String mode) {
        Path socket = directory.resolve("none/s");
        FailureAnalysis analysis = analysisOfStart(socket, List.of(Application.class), mode);

        assertThat(analysis.getDescription())
                .isEqualTo("Unable to serve connections handed off at " + socket + ": cannot listen on " + socket
                        + ": the folder " + directory.resolve("none") + " does not exist.");
        assertThat(analysis.getAction())
                .isEqualTo("Make it, or correct the path. The path is that of 'handoff.backend.socket'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldTellThatThePathIsEmpty(String mode) {
        FailureAnalysis analysis = analysisOfStart(Path.of(""), List.of(Application.class), mode);

        assertThat(analysis.getDescription())
                .isEqualTo("Unable to serve connections handed off at : cannot listen on : the path is empty.");
        assertThat(analysis.getAction()).isEqualTo("The path is that of 'handoff.backend.socket'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldTellThatNoSocketWasPassed(String mode) {
        assertTold(
                analysisOfStart(socket(), List.of(Application.class), mode, "handoff.backend.socket-activation=true"),
                "cannot listen on " + socket() + ": no socket was passed: LISTEN_FDS and LISTEN_PID are not set.",
                "Have the service manager open the socket, or set 'handoff.backend.socket-activation' to false.");
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldTellWhichPropertiesDoNotFit(String mode) {
        assertTold(
                analysisOfStart(
                        socket(),
                        List.of(Application.class),
                        mode,
                        "handoff.backend.max-frame-length=2MB",
                        "handoff.backend.max-large-frame-bytes=1MB"),
                "maxLargeFrameBytes was 1048576; expected at least maxFrameLength, which is 2097152.",
                "Correct the properties 'handoff.backend.*'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldTellThatReactorNettyDoesNotUseEpoll(String mode) {
        FailureAnalysis analysis = analysisOfStart(socket(), List.of(Application.class, Nio.class), mode);

        assertThat(analysis.getAction())
                .isEqualTo("Let Reactor Netty use its epoll transport: remove"
                        + " -Dreactor.netty.native=false, and io_uring from the class path.");
        assertThat(socket()).doesNotExist();
    }

    /** As with {@code -Dreactor.netty.native=false}, which counts for the whole JVM. */
    static class Nio {

        @Bean(destroyMethod = "")
        EventLoopGroup nioLoops() {
            return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        }

        @Bean
        AutoCloseable endOfTheNioLoops(EventLoopGroup nioLoops) {
            return () -> EventLoops.end(nioLoops);
        }

        @Bean
        ReactorResourceFactory reactorResourceFactory(EventLoopGroup nioLoops) {
            ReactorResourceFactory factory = new ReactorResourceFactory();
            factory.setUseGlobalResources(false);
            factory.setLoopResources(useNative -> nioLoops);
            return factory;
        }
    }
}
