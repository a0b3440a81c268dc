package io.handoff.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** In a JVM of its own, whose output is looked at. */
class OutputOfFailuresIT {

    /** Tests that print, for the other JVM only. */
    @EnabledIfSystemProperty(named = "io.handoff.testkit.printing", matches = "true")
    static final class Printing {
        @Test
        void passes() {
            System.out.println("of the one that passes");
        }

        @Test
        void fails() {
            System.out.println("of the one that fails, standard output");
            System.err.println("of the one that fails, standard error");
            throw new AssertionError("on purpose");
        }

        @Test
        void ends() {
            System.out.println("of the one in whose middle the JVM ends");
            System.exit(0);
        }
    }

    /** Runs one of the tests, and another that passes before and after it. */
    static final class Program {
        public static void main(String[] args) {
            for (String test : new String[] {"passes", args[0], "passes"}) {
                LauncherFactory.create()
                        .execute(LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectMethod(Printing.class, test))
                                .configurationParameter(OutputOfFailures.PARAMETER, args[1])
                                .build());
            }
        }
    }

    @Test
    void shouldShowNothingOfATestThatPasses() throws Exception {
        assertThat(run("passes", true)).isEmpty();
    }

    @Test
    void shouldShowAllThatATestHasPrintedWhenItFails() throws Exception {
        assertThat(run("fails", true))
                .contains("Output of io.handoff.testkit.OutputOfFailuresIT$Printing: fails()")
                .contains("of the one that fails, standard output\nof the one that fails, standard error\n")
                .doesNotContain("of the one that passes");
    }

    @Test
    void shouldShowWhatHasBeenPrintedWhenTheJvmEndsInTheMiddleOfATest() throws Exception {
        assertThat(run("ends", true))
                .contains("Output of a test in whose middle the JVM ends\nof the one in whose middle the JVM ends\n");
    }

    @Test
    void shouldLeaveTheOutputAloneWhenItIsNotSwitchedOn() throws Exception {
        assertThat(run("passes", false)).isEqualTo("of the one that passes\n".repeat(3));
    }

    private static String run(String test, boolean isOn) throws IOException {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dio.handoff.testkit.printing=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        test,
                        Boolean.toString(isOn))
                .redirectErrorStream(true)
                .start();
        return new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
