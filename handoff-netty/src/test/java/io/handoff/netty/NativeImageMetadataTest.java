package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.Descriptor;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.proto.v1.Handoff;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a native image has to be told is told of every class that is there, and of none that is not. */
class NativeImageMetadataTest {

    private static final String LIBRARY = "META-INF/native-image/io.handoff/handoff-netty/";
    private static final String PROTO = "META-INF/native-image/io.handoff/handoff-proto/";

    /** Netty asks each handler which events it skips; one that cannot be asked, as an anonymous one, is shown them all. */
    @Test
    void shouldNameEveryHandlerAndTheClassThatCallsNativeCode() throws IOException {
        Set<String> expected = ArchitectureTest.LIBRARY.stream()
                .filter(type -> type.isAssignableTo(ChannelHandler.class))
                .filter(type -> !type.isAnonymousClass())
                .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(JavaClass::getName)
                .collect(Collectors.toCollection(HashSet::new));
        expected.add(LibcSocketCalls.class.getName());

        assertThat(namesIn(LIBRARY + "reflect-config.json")).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldNameEveryMessageWithItsBuilderAndEveryEnum() throws IOException {
        List<String> expected = Stream.concat(
                        Handoff.getDescriptor().getMessageTypes().stream()
                                .map(Descriptor::getName)
                                .flatMap(name -> Stream.of(name, name + "$Builder")),
                        Handoff.getDescriptor().getEnumTypes().stream().map(type -> type.getName()))
                .map(name -> "io.handoff.proto.v1." + name)
                .toList();

        assertThat(namesIn(PROTO + "reflect-config.json")).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {LIBRARY + "reflect-config.json", LIBRARY + "jni-config.json", PROTO + "reflect-config.json"})
    void shouldNameClassesThatAreThere(String file) throws Exception {
        for (String name : namesIn(file)) {
            assertThat(Class.forName(name, false, getClass().getClassLoader())).isNotNull();
        }
    }

    @Test
    void shouldInitializeAtRunTimeWhatIsThere() throws Exception {
        Properties properties = new Properties();
        try (InputStream file = open(LIBRARY + "native-image.properties")) {
            properties.load(file);
        }
        String names = properties.getProperty("Args").replace("--initialize-at-run-time=", "");

        for (String name : names.split(",", -1)) {
            assertThat(Class.forName(name, false, getClass().getClassLoader())).isNotNull();
        }
    }

    @Test
    void shouldNameTheLibrariesOfJna() throws IOException {
        for (JsonNode include : read(LIBRARY + "resource-config.json").at("/resources/includes")) {
            String quoted = include.get("pattern").asText();
            String path = quoted.substring("\\Q".length(), quoted.length() - "\\E".length());

            assertThat(Pattern.matches(quoted, path)).isTrue();
            assertThat(getClass().getClassLoader().getResource(path)).as(path).isNotNull();
        }
    }

    private static Set<String> namesIn(String file) throws IOException {
        Set<String> names = new HashSet<>();
        for (JsonNode entry : read(file)) {
            names.add(entry.get("name").asText());
        }
        assertThat(names).isNotEmpty();
        return names;
    }

    private static JsonNode read(String file) throws IOException {
        try (InputStream json = open(file)) {
            return new ObjectMapper().readTree(json);
        }
    }

    private static InputStream open(String file) {
        return Objects.requireNonNull(
                NativeImageMetadataTest.class.getClassLoader().getResourceAsStream(file), file);
    }
}
