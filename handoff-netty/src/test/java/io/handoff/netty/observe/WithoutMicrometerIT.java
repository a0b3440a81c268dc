package io.handoff.netty.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.Frames;
import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.JavaCommand;
import io.handoff.testkit.StartedProcess;
import io.handoff.testkit.TestBroker;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library in a JVM that does not know Micrometer, which is an optional dependency. */
class WithoutMicrometerIT {

    /** Runs in a process of its own. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws Exception {
            try {
                Class.forName("io.micrometer.core.instrument.MeterRegistry");
                System.out.println("Micrometer is there");
            } catch (ClassNotFoundException e) {
                System.out.println("Micrometer is absent");
            }
            HandoffToken token = HandoffToken.random();
            try (HandoffServer server = HandoffServer.builder(Path.of(args[0]))
                            .descriptors(DescriptorPolicy.NONE)
                            .start()
                            .get();
                    TestBroker broker = TestBroker.connect(server.path())) {
                server.tokens().register(token).get();
                broker.send(Frames.offer(token, 1)).shutdownOutput();
                System.out.println(
                        Arrays.equals(broker.receiveToEnd(), Frames.accepting(token, 1)) ? "accepted" : "not");
                System.out.println(server.metrics().offersAccepted() + " counted");
            }
        }
    }

    @Test
    void shouldAnswerAndCountAnOffer(@TempDir Path directory) throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("micrometer"))
                .collect(Collectors.joining(File.pathSeparator));
        JavaCommand command = JavaCommand.of(Program.class)
                .withClassPath(classPath)
                .withArguments(directory.resolve("handoff.sock").toString());
        try (StartedProcess program = command.start()) {
            assertThat(program.awaitExit()).as(program.output()).isZero();
            assertThat(program.lines()).containsExactly("Micrometer is absent", "accepted", "1 counted");
        }
    }
}
