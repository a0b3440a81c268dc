package io.handoff.cli;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rooms of the command, and the arrows between them. */
class ArchitectureTest {

    private static final JavaClasses COMMAND = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.handoff.cli");

    private static final String ROOT = "io.handoff.cli";
    private static final Path SOURCES = Path.of("src/main/java/io/handoff/cli");

    @Test
    void shouldHaveArrowsOnlyFromACommandToWhatItIsMadeOf() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("command")
                .definedBy(ROOT)
                .layer("backend")
                .definedBy(ROOT + ".backend")
                .layer("broker")
                .definedBy(ROOT + ".broker")
                .layer("config")
                .definedBy(ROOT + ".config")
                .layer("demo")
                .definedBy(ROOT + ".demo")
                .layer("doctor")
                .definedBy(ROOT + ".doctor")
                .layer("offer")
                .definedBy(ROOT + ".offer")
                .layer("argument")
                .definedBy(ROOT + ".argument")
                .layer("proxy")
                .definedBy(ROOT + ".proxy")
                .layer("report")
                .definedBy(ROOT + ".report")
                .layer("service")
                .definedBy(ROOT + ".service")
                .whereLayer("command")
                .mayOnlyAccessLayers("backend", "broker", "demo", "doctor", "offer", "argument")
                .whereLayer("backend")
                .mayOnlyAccessLayers("argument", "report", "service")
                .whereLayer("broker")
                .mayOnlyAccessLayers("config", "proxy", "argument", "report", "service")
                .whereLayer("config")
                .mayOnlyAccessLayers("argument")
                .whereLayer("demo")
                .mayNotAccessAnyLayer()
                .whereLayer("doctor")
                .mayOnlyAccessLayers("offer", "argument", "report")
                .whereLayer("offer")
                .mayOnlyAccessLayers("argument", "report")
                .whereLayer("argument")
                .mayNotAccessAnyLayer()
                .whereLayer("proxy")
                .mayNotAccessAnyLayer()
                .whereLayer("report")
                .mayNotAccessAnyLayer()
                .whereLayer("service")
                .mayNotAccessAnyLayer()
                .ensureAllClassesAreContainedInArchitecture()
                .check(COMMAND);
    }

    @Test
    void shouldMakeNothingPublicThatNoOtherRoomNeeds() {
        Set<String> needed = COMMAND.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(use -> !use.getOriginClass()
                        .getPackageName()
                        .equals(use.getTargetClass().getPackageName()))
                .map(use -> outermost(use.getTargetClass()).getName())
                .collect(Collectors.toSet());
        Set<String> needless = COMMAND.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getName)
                .filter(name -> !needed.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(needless).isEmpty();
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass outermost = type;
        while (outermost.getEnclosingClass().isPresent()) {
            outermost = outermost.getEnclosingClass().get();
        }
        return outermost;
    }

    @Test
    void shouldSayOfEachRoomWhatBelongsThere() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            assertThat(files.filter(Files::isDirectory))
                    .hasSizeGreaterThan(1)
                    .allSatisfy(room -> assertThat(room.resolve("package-info.java"))
                            .content()
                            .contains("@NullMarked", "<b>Belongs here:</b>", "<b>Does not:</b>"));
        }
    }
}
