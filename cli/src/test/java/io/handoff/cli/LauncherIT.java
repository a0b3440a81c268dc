package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code handoff}, with a Java and a Maven that only say that they were called. */
@Timeout(60)
class LauncherIT {

    private static final String BUILDING =
            "handoff: building the command (cli/target/handoff.jar); this happens once, and"
                    + " may take two minutes\n";
    private static final String WAITING =
            "handoff: waiting for another ./handoff, which builds cli/target/handoff.jar\n";

    @TempDir
    Path root;

    private final Map<String, String> environment = new HashMap<>();

    private int runs;

    @BeforeEach
    void setUp() throws IOException {
        Files.copy(Path.of("../handoff"), root.resolve("handoff"));
        setExecutable(root.resolve("handoff"));
        Files.createFile(root.resolve("pom.xml"));
        for (String module : new String[] {"proto", "handoff-netty", "cli"}) {
            Files.createDirectories(root.resolve(module).resolve("src/main"));
            Files.createFile(root.resolve(module).resolve("pom.xml"));
        }
        Files.createDirectories(root.resolve("cli/target"));
        Files.createDirectories(root.resolve("jdk/bin"));
        script("jdk/bin/java", "echo ran: \"$@\"");
        script("jdk/bin/javac", "");
        script("mvnw", "echo Maven was here\ntouch cli/target/handoff.jar");
    }

    @Test
    void shouldSayOnStandardErrorThatItBuildsAndNothingTheSecondTime() throws Exception {
        Run first = run("offer", "a b");

        assertThat(first.exitStatus()).isZero();
        assertThat(first.errors()).isEqualTo(BUILDING + "Maven was here\n");
        assertThat(first.output())
                .startsWith("ran: ")
                .endsWith("handoff.jar offer a b\n")
                .hasLineCount(1);

        Run second = run("offer");
        assertThat(second.errors()).isEmpty();
        assertThat(second.output()).endsWith("handoff.jar offer\n");
    }

    @Test
    void shouldSayThatItBuildsBeforeItDoes() throws Exception {
        script("mvnw", "until [ -e go ]; do sleep 0.05; done\ntouch cli/target/handoff.jar");
        Started first = start("demo");
        await().until(first::errors, BUILDING::equals);

        Started second = start("demo");
        await().until(second::errors, WAITING::equals);

        Files.createFile(root.resolve("go"));
        assertThat(first.end().errors()).isEqualTo(BUILDING);
        assertThat(second.end().errors()).isEqualTo(WAITING);
        assertThat(second.end().output()).endsWith("handoff.jar demo\n");
    }

    @Test
    void shouldBuildAgainWhenASourceIsNewer() throws Exception {
        run("demo");
        Path source = Files.createFile(root.resolve("cli/src/main/New.java"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));

        assertThat(run("demo").errors()).startsWith(BUILDING);
    }

    @Test
    void shouldEndWithAStatusOfItsOwnWhenTheBuildFails() throws Exception {
        script("mvnw", "echo no network; exit 1");

        Run run = run("demo");

        assertThat(run.exitStatus()).isEqualTo(70);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors()).isEqualTo(BUILDING + "no network\nhandoff: the build failed\n");
    }

    @Test
    void shouldRunAndNotSayThatItCannotArchiveItsClasses() throws Exception {
        environment.put("TMPDIR", root.resolve("missing").toString());

        Run run = run("demo");

        assertThat(run.exitStatus()).isZero();
        assertThat(run.errors()).isEqualTo(BUILDING + "Maven was here\n");
        assertThat(run.output()).endsWith("handoff.jar demo\n").doesNotContain("SharedArchiveFile");
    }

    private void script(String name, String body) throws IOException {
        Path script = root.resolve(name);
        Files.writeString(script, "#!/bin/sh\n" + body + "\n");
        setExecutable(script);
    }

    private static void setExecutable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Run run(String... arguments) throws Exception {
        return start(arguments).end();
    }

    private Started start(String... arguments) throws IOException {
        runs++;
        Path output = root.resolve(runs + ".out");
        Path errors = root.resolve(runs + ".err");
        ProcessBuilder builder = new ProcessBuilder(root.resolve("handoff").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
        builder.environment().putAll(environment);
        builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
        return new Started(builder.start(), output, errors);
    }

    private record Run(int exitStatus, String output, String errors) {}

    private record Started(Process process, Path output, Path errorFile) {

        String errors() throws IOException {
            return Files.readString(errorFile);
        }

        Run end() throws IOException, InterruptedException {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("has ended").isTrue();
            return new Run(process.exitValue(), Files.readString(output), errors());
        }
    }
}
