package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Looks at the list of components that the build has made just before. */
class SbomIT {

    private static final Path BOM = Path.of("target", "bom.json");

    private JsonNode bom;

    @BeforeEach
    void read() throws Exception {
        assertThat(BOM)
                .as("which the CycloneDX plugin makes in online builds only")
                .exists();
        bom = new ObjectMapper().readTree(BOM.toFile());
    }

    /** Seen to fail with what the tests need in the list. */
    @Test
    void shouldNameWhatTheLibraryBringsWithItAndNothingOfTheTests() {
        assertThat(bom.at("/bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(bom.at("/metadata/component/purl").asText()).startsWith("pkg:maven/io.handoff/handoff-netty@");
        assertThat(names())
                .contains(
                        "io.handoff:handoff-proto",
                        "io.netty:netty-transport-native-epoll",
                        "io.netty:netty-buffer",
                        "com.google.protobuf:protobuf-java",
                        "net.java.dev.jna:jna",
                        "org.slf4j:slf4j-api")
                .noneMatch(name -> name.contains("junit") || name.contains("assertj") || name.contains("logback"));
    }

    @Test
    void shouldGiveAVersionAndAHashOfEachComponentThatIsNotOurs() {
        assertThat(components()).isNotEmpty().allSatisfy(component -> {
            assertThat(component.at("/version").asText()).isNotBlank();
            if (!component.at("/group").asText().equals("io.handoff")) {
                assertThat(component.at("/hashes").findValuesAsText("alg")).contains("SHA-256");
            }
        });
    }

    /** Else two builds of the same sources differ. */
    @Test
    void shouldHoldNothingThatChangesWithTheBuild() {
        assertThat(bom.has("serialNumber")).isFalse();
        assertThat(bom.at("/metadata").has("timestamp")).isFalse();
    }

    private List<JsonNode> components() {
        List<JsonNode> components = new ArrayList<>();
        bom.at("/components").forEach(components::add);
        return components;
    }

    private List<String> names() {
        return components().stream()
                .map(component -> component.at("/group").asText() + ":"
                        + component.at("/name").asText())
                .toList();
    }
}
