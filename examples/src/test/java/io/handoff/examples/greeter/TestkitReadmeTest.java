package io.handoff.examples.greeter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The example of the test kit's README is a test that runs here, the same to the letter. */
class TestkitReadmeTest {

    @Test
    void shouldShowATestThatRuns() throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/handoff/examples/greeter/GreeterIT.java"));
        String example = source.substring(source.indexOf("import ")).strip();

        assertThat(Path.of("../testkit/README.md")).content().contains("```java\n" + example + "\n```");
    }
}
