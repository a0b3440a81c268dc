package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes that the script {@code handoff} makes, with the command and the JVM as they are and a Maven that copies the jar. */
@Timeout(180)
class ClassArchiveIT {

    private static final String FROM_ARCHIVE = HandoffCommand.class.getName() + " source: shared objects file (top)";

    /** The JDK 17 archives no class of a jar whose path has a space. */
    @TempDir
    static Path root;

    private static Path jar;
    private static Path archive;
    private static FileTime built;
    private static byte[] archived;

    @BeforeAll
    static void build() throws Exception {
        jar = root.resolve("cli/target/handoff.jar");
        archive = root.resolve("cli/target/handoff.jsa");
        Files.copy(Path.of("../handoff"), root.resolve("handoff"));
        Files.createFile(root.resolve("pom.xml"));
        for (String module : new String[] {"proto", "handoff-netty", "cli"}) {
            Files.createDirectories(root.resolve(module).resolve("src/main"));
            Files.createFile(root.resolve(module).resolve("pom.xml"));
        }
        Files.createDirectories(jar.getParent());
        Path packaged = Path.of(System.getProperty("handoff.jar"));
        Files.writeString(root.resolve("mvnw"), "#!/bin/sh\ncp '" + packaged + "' cli/target/handoff.jar\n");
        Files.copy(Path.of("archive-classes"), root.resolve("cli/archive-classes"));
        for (String script : List.of("handoff", "cli/archive-classes", "mvnw")) {
            Files.setPosixFilePermissions(root.resolve(script), PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(run("", "--version").errors())
                .startsWith("handoff: building")
                .hasLineCount(1);
        built = Files.getLastModifiedTime(jar);
        archived = Files.readAllBytes(archive);
    }

    @BeforeEach
    void restore() throws Exception {
        Files.setLastModifiedTime(jar, built);
        Files.deleteIfExists(archive);
        Files.write(archive, archived);
    }

    @Test
    void shouldTakeItsClassesFromTheArchiveInEachProcessOfTheDemonstration() throws Exception {
        try (Stream<Path> files = Files.list(jar.getParent())) {
            assertThat(files).containsExactlyInAnyOrder(jar, archive);
        }
        Path logs = Files.createDirectory(root.resolve("logs"));

        Run demo = run("-Xlog:class+load:file=" + logs + "/%p", "demo");

        assertThat(demo.exitStatus()).as(demo.errors()).isZero();
        try (Stream<Path> files = Files.list(logs)) {
            assertThat(files).hasSize(5).allMatch(ClassArchiveIT::isFromArchive);
        }
    }

    @Test
    void shouldSayNothingWhenTheArchiveIsOfAnotherJar() throws Exception {
        Instant later = built.toInstant().plusSeconds(60);
        Files.setLastModifiedTime(jar, FileTime.from(later));
        Files.setLastModifiedTime(archive, FileTime.from(later.plusSeconds(60)));

        assertRunsFromTheJar();
    }

    @Test
    void shouldSayNothingWhenTheArchiveIsNone() throws Exception {
        Files.delete(archive);
        Files.writeString(archive, "of a JVM to come");

        assertRunsFromTheJar();
    }

    private void assertRunsFromTheJar() throws Exception {
        Run run = run("", "--version");
        assertThat(run.exitStatus()).isZero();
        assertThat(run.output()).startsWith("handoff ").hasLineCount(1);
        assertThat(run.errors()).isEmpty();
        Path log = root.resolve("log");
        run("-Xlog:class+load:file=" + log, "--version");
        assertThat(log).isNotEmptyFile().matches(file -> !isFromArchive(file), "not from the archive");
    }

    private static boolean isFromArchive(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.anyMatch(line -> line.endsWith(FROM_ARCHIVE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Run run(String flag, String argument) throws Exception {
        Path output = root.resolve("output");
        Path errors = root.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(root.resolve("handoff").toString(), argument);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        if (!flag.isEmpty()) {
            builder.environment().put("JAVA_TOOL_OPTIONS", flag);
        }
        Process process = builder.redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("has ended").isTrue();
        return new Run(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    private record Run(int exitStatus, String output, String errors) {}
}
