package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.cli.argument.DurationConverter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {

    static Stream<String> commands() {
        return HandoffCommand.commandLine().getSubcommands().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldTellTheSameInBothForms(String command) {
        assertThat(help("help", command)).isEqualTo(help(command, "--help")).contains("Usage: handoff " + command);
    }

    /** The encoding of standard output is the locale's. */
    @ParameterizedTest
    @MethodSource("commands")
    void shouldBeReadableInAnyLocale(String command) {
        assertThat(help(command, "--help")).isASCII();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldSayTheUnitWhereATimeIsAskedFor(String command) {
        String text = help(command, "--help");

        assertThat(text.contains("=TIME")).isEqualTo(text.contains(DurationConverter.HELP));
    }

    @Test
    void shouldTellTheCommandsAndTheExitStatuses() {
        assertThat(help("help")).isEqualTo(help("--help")).contains(commands().toList());
        assertThat(help("--help")).isASCII().containsPattern("(?s)Exit status:.* 0 .* 1 .* 2 .* 3 .* 70 ");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldTellTheExitStatusesOfEachCommand(String command) {
        String text = help(command, "--help");

        assertThat(text).containsPattern(command.equals("help") ? "Usage" : "(?s)Exit status:.* 0 .* 1 .* 2 ");
    }

    private static String help(String... arguments) {
        StringWriter out = new StringWriter();
        assertThat(HandoffCommand.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .execute(arguments))
                .isZero();
        return out.toString();
    }
}
