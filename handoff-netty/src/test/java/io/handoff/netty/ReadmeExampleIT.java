package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.JavaCommand;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.StartedProcess;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the README, taken from there: compiled as they are printed, and run as processes. */
@ExtendWith(NoDescriptorsLeft.class)
class ReadmeExampleIT {

    private static final Path README = Path.of("../README.md");
    private static final Pattern PROGRAM = Pattern.compile("(?s)```java\n(.*?)```");
    private static final Pattern NAME = Pattern.compile("public final class (\\w+)");
    private static final Pattern OUR_PACKAGE = Pattern.compile("(?m)^import (io\\.handoff\\.netty\\.\\w+)");

    private static final String GOODBYE = "please try again later";

    @TempDir
    static Path classes;

    @TempDir
    Path directory;

    private final List<StartedProcess> started = new ArrayList<>();
    private Path backendSocket;

    @BeforeAll
    static void compile() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String program : programs()) {
            MatchResult name = NAME.matcher(program).results().findFirst().orElseThrow();
            sources.add(Files.writeString(classes.resolve(name.group(1) + ".java"), program));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            // Not whether each entry of the class path is there: that is the build's.
            List<String> options = List.of("-Xlint:all,-path", "-Werror", "-proc:none", "-d", classes.toString());
            compiler.getTask(complaints, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        assertThat(complaints).hasToString("");
    }

    private static List<String> programs() throws IOException {
        return PROGRAM.matcher(Files.readString(README))
                .results()
                .map(found -> found.group(1))
                // What is no program stands in an example, which FrameworksPageIT sees to.
                .filter(code -> NAME.matcher(code).find())
                .toList();
    }

    @BeforeEach
    void choosePath() {
        backendSocket = directory.resolve("backend.sock");
    }

    @AfterEach
    void stop() {
        started.forEach(StartedProcess::close);
    }

    @Test
    void shouldMoveAClientFromTheBrokerToTheBackend() throws Exception {
        StartedProcess backend = start("EchoBackend", backendSocket.toString());
        assertThat(backend.nextLine()).isEqualTo("listening on " + backendSocket);
        Broker broker = startBroker();

        try (Socket client = broker.connect()) {
            send(client, "hello\n");

            assertThat(broker.nextLine()).isEqualTo("accepted");
            assertThat(reader(client).readLine()).isEqualTo("hello");

            broker.program.close();
            send(client, "still there?\n");
            assertThat(reader(client).readLine()).isEqualTo("still there?");
        }
    }

    @Test
    void shouldServeTheClientHereWhenTheBackendRejectsIt() throws Exception {
        EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (HandoffServer backend = HandoffServer.builder(backendSocket)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .admission((offer, peer) -> Optional.of("not today"))
                .adoptInto(workers, new NothingToAdd())
                .start()
                .get()) {
            assertThat(backend.isAccepting()).isTrue();
            assertServedHere("rejected: not today");
        } finally {
            EventLoops.end(workers);
        }
    }

    @Test
    void shouldServeTheClientHereWhenThereIsNoBackend() throws Exception {
        assertServedHere("failed: no backend at " + backendSocket + ": no such file");
    }

    private void assertServedHere(String why) throws Exception {
        Broker broker = startBroker();
        try (Socket client = broker.connect()) {
            assertThat(broker.nextLine()).isEqualTo(why);
            assertThat(reader(client).lines()).containsExactly(GOODBYE);
        }
    }

    @Test
    void shouldLetGoOfTheClientWhenTheBackendDoesNotAnswer() throws Exception {
        try (ServerSocketChannel backend =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(backendSocket))) {
            Broker broker = startBroker();
            try (Socket client = broker.connect()) {
                try (SocketChannel handoff = backend.accept()) {
                    handoff.read(ByteBuffer.allocate(1));
                }

                assertThat(broker.nextLine()).startsWith("lost: ");
                assertThat(reader(client).lines()).isEmpty();
            }
        }
    }

    @Test
    void shouldImportFromTwoPackagesOfOursAtMost() throws Exception {
        assertThat(programs())
                .hasSize(2)
                .allSatisfy(program -> assertThat(OUR_PACKAGE
                                .matcher(program)
                                .results()
                                .map(found -> found.group(1))
                                .collect(Collectors.toSet()))
                        .hasSizeBetween(1, 2));
    }

    private Broker startBroker() throws Exception {
        StartedProcess program = start("Broker", backendSocket.toString(), "0");
        String line = program.nextLine();
        return new Broker(program, Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
    }

    private StartedProcess start(String name, String... arguments) throws IOException {
        StartedProcess program = JavaCommand.of(name)
                .withClassPath(classes + ":" + System.getProperty("java.class.path"))
                .withArguments(arguments)
                .start();
        started.add(program);
        return program;
    }

    private static void send(Socket client, String text) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static BufferedReader reader(Socket client) throws IOException {
        return new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
    }

    /** No client gets so far. */
    private static final class NothingToAdd extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel client) {}
    }

    private record Broker(StartedProcess program, int port) {

        String nextLine() throws InterruptedException {
            return program.nextLine();
        }

        Socket connect() throws IOException {
            return new Socket(InetAddress.getLoopbackAddress(), port);
        }
    }
}
