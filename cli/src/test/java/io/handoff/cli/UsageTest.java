package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

    private static final String TOKEN = "000102030405060708090a0b0c0d0e0f";

    private final StringWriter errors = new StringWriter();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""                                                            | Missing required subcommand
            backend --no-descriptors                                      | Missing required option: '--socket=PATH'
            backend --socket s --no-descriptors --policy carried          | --policy carried needs descriptors
            backend --socket s --no-descriptors --policy expected         | needs exactly one --token, not 0
            backend --socket s --no-descriptors --threads 0               | --threads was 0; expected a positive number
            backend --socket s --no-descriptors --max-frame-length 0      | maxFrameLength was 0; expected 1 to 16777216 bytes
            backend --socket s --no-descriptors --offer-timeout 5         | '5' is not a duration
            backend --socket s --no-descriptors --token 00                | handoff token was 2 characters
            backend --socket s --metrics 9464                             | '9464' is no address; expected HOST:PORT
            backend --socket s --metrics ./9464                           | './9464' is no address; expected HOST:PORT
            backend --socket 7000                                         | '7000' is no path; expected that of a Unix
            backend --socket :7000                                        | ':7000' is no path
            offer --socket localhost:7000 --token 00                      | 'localhost:7000' is no path
            doctor --socket [::1]:7000                                    | '[::1]:7000' is no path
            broker --listen ./c --backend 127.0.0.1:7000 --service x      | '127.0.0.1:7000' is no path
            broker --listen 7000 --backend b --service x                  | '7000' is no address; expected HOST:PORT
            broker --listen clients.sock --backend b --service x          | or the path of a Unix-domain socket, with a slash
            help nope                                                     | Unknown subcommand 'nope'
            backend --socket s --metrics 127.0.0.1:70000                  | port 70000 is too large; expected 0 to 65535
            broker --listen ./s --backend b                               | Missing required option: '--service=NAME'
            broker --listen 127.0.0.1:70000 --backend b --service x       | port 70000 is too large; expected 0 to 65535
            offer --socket s                                              | Missing required option: '--token=HEX'
            """)
    void shouldExplainWhatIsWrong(String arguments, String explanation) {
        assertThat(execute(arguments)).isEqualTo(2);
        assertThat(errors.toString()).contains(explanation);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backend --socket",
                "broker --listen ./s --service x --backend",
                "broker --backend b --service x --listen",
                "offer --token 000102030405060708090a0b0c0d0e0f --socket",
                "doctor --socket"
            })
    void shouldRefuseAPathThatDoesNotFitWhoeverIsGivenIt(String arguments) {
        assertThat(execute(arguments + " /" + "x".repeat(107))).isEqualTo(2);
        assertThat(errors.toString()).contains("the path has 108 bytes; at most 107 fit");
    }

    @Test
    void shouldTakeOneTokenOnlyWhereOneIsExpected() {
        String other = TOKEN.replace('0', '1');

        assertThat(execute(
                        "backend --socket s --no-descriptors --policy expected --token " + TOKEN + " --token " + other))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("needs exactly one --token, not 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"backend --socket s", "backend --socket s --policy carried"})
    void shouldTakeNoTokenWhereTheDescriptorsCarryThem(String arguments) {
        assertThat(execute(arguments + " --token " + TOKEN)).isEqualTo(2);
        assertThat(errors.toString())
                .contains("--policy carried takes the tokens that come with the descriptors, and no --token")
                .doesNotContain(TOKEN);
    }

    @ParameterizedTest
    @CsvSource({"offer --socket s --tokne", "offer --socket s --token 00 extra", "backend --socket s --token"})
    void shouldNotRepeatWhatMayBeATokenInTheWrongPlace(String arguments) {
        String mistyped = TOKEN.substring(1);

        assertThat(execute(arguments + " " + mistyped)).isEqualTo(2);
        assertThat(errors.toString()).isNotEmpty().doesNotContain(mistyped);
    }

    private int execute(String arguments) {
        return HandoffCommand.commandLine()
                .setErr(new PrintWriter(errors, true))
                .execute(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
    }
}
