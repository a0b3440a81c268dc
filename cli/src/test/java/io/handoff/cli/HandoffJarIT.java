package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one jar is all that the command takes, on either platform. */
class HandoffJarIT {

    private static final Path JAR = Path.of(System.getProperty("handoff.jar"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "META-INF/native/libnetty_transport_native_epoll_x86_64.so",
                "META-INF/native/libnetty_transport_native_epoll_aarch_64.so",
                "com/sun/jna/linux-x86-64/libjnidispatch.so",
                "com/sun/jna/linux-aarch64/libjnidispatch.so"
            })
    void shouldHoldTheNativeCodeOfBothPlatforms(String library) throws IOException {
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            assertThat(jar.getEntry(library)).isNotNull();
        }
    }

    /** Not written with {@code -o}: Maven then skips the plugin. */
    @Test
    void shouldComeWithTheListOfItsComponents() {
        assertThat(JAR.resolveSibling("bom.json"))
                .content()
                .contains("pkg:maven/io.handoff/handoff-netty@", "pkg:maven/info.picocli/picocli@");
    }

    @Test
    void shouldRunFromACopyOfTheJarThatLiesAlone(@TempDir Path directory) throws Exception {
        Files.copy(JAR, directory.resolve("alone.jar"));

        Process demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Djava.io.tmpdir=" + directory,
                        "-jar",
                        "alone.jar",
                        "demo")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(demo.waitFor()).as(output).isZero();
    }
}
