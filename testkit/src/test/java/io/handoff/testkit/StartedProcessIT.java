package io.handoff.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoDescriptorsLeft.class)
class StartedProcessIT {

    /** Ignored by nobody, unlike SIGINT in what a script has started with "&" (sh(1)). */
    private static final int SIGUSR1 = 10;

    /** Runs in a process of its own: answers each line with the same, and exits with the number of them. */
    static final class Parrot {
        private Parrot() {}

        public static void main(String[] args) throws IOException {
            System.out.println("ready " + String.join("+", args) + " " + System.getProperty("parrot"));
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            int count = 0;
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(line);
                count++;
            }
            System.err.println("said " + count);
            System.exit(count);
        }
    }

    @Test
    void shouldRunAMainClassOfTheTests() throws Exception {
        JavaCommand command = JavaCommand.of(Parrot.class)
                .withJvmOptions("-XX:TieredStopAtLevel=1", "-Dparrot=grey")
                .withArguments("a", "b");
        try (StartedProcess process = command.start()) {
            assertThat(process.nextLine()).isEqualTo("ready a+b grey");
            assertThat(process.send("hello").nextLine()).isEqualTo("hello");
            assertThat(process.send("again").awaitLine("again"::equals)).isEqualTo("again");
            assertThat(process.awaitLine("hello"::equals)).isEqualTo("hello");

            assertThat(process.endInput().awaitExit()).isEqualTo(2);

            assertThat(process.lines()).containsExactly("ready a+b grey", "hello", "again");
            assertThat(process.errorLines()).containsExactly("said 2");
        }
    }

    @Test
    void shouldShowItsOutputWhenWhatIsAwaitedDoesNotCome() throws Exception {
        try (StartedProcess process =
                StartedProcess.start(List.of("sh", "-c", "echo one; echo two >&2; printf three; exit 3"))) {
            assertThatThrownBy(() -> process.awaitLine("four"::equals))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("a process has not printed what was awaited: [sh, -c, ")
                    .hasMessageContaining("\none\nthree\n--- standard error\n");
            assertThat(process.awaitErrorLine(line -> true)).isEqualTo("two");
            assertThat(process.awaitExit()).isEqualTo(3);
            assertThat(process.awaitLines(9)).containsExactly("one", "three");
            assertThat(process.output()).isEqualTo("one\nthree\n--- standard error\ntwo\n--- ended with status 3");
        }
    }

    @Test
    void shouldReachItWithSignals() throws Exception {
        String script = "trap 'echo interrupted' USR1; trap 'echo terminated; exit 5' TERM; echo ready; "
                + "while :; do read -r line; done";
        try (StartedProcess process = StartedProcess.start(List.of("sh", "-c", script))) {
            process.awaitLine("ready"::equals);
            process.signal(SIGUSR1).awaitLine("interrupted"::equals);

            assertThat(process.terminate().awaitExit()).isEqualTo(5);
            assertThat(process.lines()).last().isEqualTo("terminated");

            assertThatThrownBy(() -> process.signal(SIGUSR1)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldEndItWithWhatItHasStarted() throws Exception {
        List<ProcessHandle> started;
        try (StartedProcess process = StartedProcess.start(List.of("sh", "-c", "sleep 600 & echo ready; wait"))) {
            process.awaitLine("ready"::equals);
            started = process.handle().descendants().toList();
            assertThat(started).hasSize(1);
            assertThat(OpenDescriptors.of(process.handle())).isNotEmpty();
            assertThat(process.awaitLines(1)).containsExactly("ready");
        }

        assertThat(started.get(0).onExit().get().isAlive()).isFalse();
    }
}
