package io.handoff.netty;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.NATIVE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffBrokerBuilder;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.pool.HandoffPool;
import io.handoff.netty.pool.HandoffPoolBuilder;
import io.handoff.netty.preface.PrefacePeeker;
import io.handoff.netty.preface.PrefacePeekerBuilder;
import io.handoff.netty.takeover.HandoffTakeover;
import io.handoff.netty.takeover.HandoffTakeoverBuilder;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms of the library, the arrows between them, and the few other boundaries that hold it together. */
class ArchitectureTest {

    static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.handoff.netty");

    private static final String ROOT = "io.handoff.netty.";
    private static final Path MAIN = Path.of("src/main/java");
    private static final Path SOURCES = MAIN.resolve("io/handoff/netty");
    private static final Path PAGE = Path.of("../docs/architecture.md");

    private static final int MAX_FILES = 25;
    private static final int MAX_LINES = 300;

    /** What is API; whatever else is public, some other room needs. */
    private static final Map<String, Set<String>> API = Map.ofEntries(
            Map.entry(
                    "token",
                    Set.of(
                            "ExpectedTokenPolicy",
                            "HandoffToken",
                            "HandoffTokenException",
                            "HandoffTokenStore",
                            "HandoffTokens",
                            "TokenVerdict")),
            Map.entry(
                    "wire",
                    Set.of(
                            "HandoffAckEncoder",
                            "HandoffAckValidator",
                            "HandoffAnswer",
                            "HandoffFrameDecoder",
                            "HandoffFrameParser",
                            "HandoffOfferEncoder",
                            "HandoffOfferValidator",
                            "HandoffPeer",
                            "HandoffReadyEncoder",
                            "HandoffRejection",
                            "HandoffWireException",
                            "Offer")),
            Map.entry("descriptor", Set.of()),
            Map.entry(
                    "observe", Set.of("ConnectionRefusal", "HandoffListener", "HandoffMeterBinder", "HandoffMetrics")),
            Map.entry("adoption", Set.of("HandedOffConnection")),
            Map.entry("answer", Set.of("HandoffBackendPipeline", "HandoffOfferHandler", "OfferAdmission")),
            Map.entry("listening", Set.of()),
            Map.entry(
                    "backend",
                    Set.of(
                            "DescriptorPolicy",
                            "HandoffServer",
                            "HandoffServerBuilder",
                            "HandoffServerChannel",
                            "PeerPolicy")),
            Map.entry(
                    "broker",
                    Set.of(
                            "BoundaryBuffer",
                            "HandoffBroker",
                            "HandoffBrokerBuilder",
                            "HandoffBrokerMeterBinder",
                            "HandoffBrokerMetrics",
                            "HandoffBrokerPipeline",
                            "HandoffOutcome")),
            Map.entry("pool", Set.of("HandoffPool", "HandoffPoolBuilder", "PoolOutcome")),
            Map.entry(
                    "takeover",
                    Set.of(
                            "Departure",
                            "HandoffTakeover",
                            "HandoffTakeoverBuilder",
                            "TakeoverMeterBinder",
                            "TakeoverReport")),
            Map.entry("parking", Set.of("ParkedConnections", "ParkingReport", "TakingBackReport")),
            Map.entry("preface", Set.of("ClientPreface", "PrefacePeeker", "PrefacePeekerBuilder")));

    @Test
    void shouldHaveArrowsOnlyWhereTheTableHasThem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("token")
                .definedBy(ROOT + "token")
                .layer("wire")
                .definedBy(ROOT + "wire")
                .layer("descriptor")
                .definedBy(ROOT + "descriptor")
                .layer("observe")
                .definedBy(ROOT + "observe")
                .layer("adoption")
                .definedBy(ROOT + "adoption")
                .layer("answer")
                .definedBy(ROOT + "answer")
                .layer("listening")
                .definedBy(ROOT + "listening")
                .layer("backend")
                .definedBy(ROOT + "backend")
                .layer("broker")
                .definedBy(ROOT + "broker")
                .layer("pool")
                .definedBy(ROOT + "pool")
                .layer("takeover")
                .definedBy(ROOT + "takeover")
                .layer("parking")
                .definedBy(ROOT + "parking")
                .layer("preface")
                .definedBy(ROOT + "preface")
                .whereLayer("token")
                .mayNotAccessAnyLayer()
                .whereLayer("descriptor")
                .mayNotAccessAnyLayer()
                .whereLayer("wire")
                .mayOnlyAccessLayers("token")
                .whereLayer("observe")
                .mayOnlyAccessLayers("token", "wire", "descriptor")
                .whereLayer("adoption")
                .mayOnlyAccessLayers("token", "wire", "descriptor", "observe")
                .whereLayer("answer")
                .mayOnlyAccessLayers("token", "wire", "descriptor", "observe", "adoption")
                .whereLayer("listening")
                .mayOnlyAccessLayers("descriptor")
                .whereLayer("backend")
                .mayOnlyAccessLayers("token", "wire", "descriptor", "observe", "adoption", "answer", "listening")
                .whereLayer("broker")
                .mayOnlyAccessLayers("token", "wire", "descriptor", "observe")
                .whereLayer("pool")
                .mayOnlyAccessLayers("token", "wire", "descriptor", "broker")
                .whereLayer("takeover")
                .mayOnlyAccessLayers("token", "wire", "broker")
                .whereLayer("parking")
                .mayOnlyAccessLayers(
                        "token", "wire", "descriptor", "observe", "adoption", "listening", "broker", "takeover")
                .whereLayer("preface")
                .mayOnlyAccessLayers("token", "descriptor")
                .ensureAllClassesAreContainedInArchitectureIgnoring("io.handoff.netty")
                .check(LIBRARY);
    }

    @Test
    void shouldMakeNothingPublicThatIsNeitherApiNorNeededByAnotherRoom() {
        Set<String> needless = publicButNotApi()
                .filter(type -> type.getDirectDependenciesToSelf().stream()
                        .map(Dependency::getOriginClass)
                        .allMatch(user -> user.getPackageName().equals(type.getPackageName())))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(needless).isEmpty();
    }

    @Test
    void shouldListOnThePageWhatIsPublicButNotApi() throws IOException {
        Map<String, Set<String>> byRoom = new TreeMap<>();
        publicButNotApi()
                .forEach(type -> byRoom.computeIfAbsent(room(type), room -> new TreeSet<>())
                        .add(type.getSimpleName()));
        Map<String, Set<String>> listed = new TreeMap<>();
        Pattern row = Pattern.compile("^\\| `([a-z]+)` \\| public, but not API: (.*) \\|$", Pattern.MULTILINE);
        row.matcher(Files.readString(PAGE))
                .results()
                .forEach(found -> listed.put(
                        found.group(1),
                        Stream.of(found.group(2).replace("`", "").split(", ", -1))
                                .collect(Collectors.toCollection(TreeSet::new))));

        assertThat(listed).isEqualTo(byRoom);
    }

    @Test
    void shouldNameAsApiOnlyWhatIsThere() {
        Set<String> types = LIBRARY.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(type -> room(type) + "." + type.getSimpleName())
                .collect(Collectors.toSet());

        API.forEach((room, names) -> assertThat(types).containsAll(prefixed(room, names)));
    }

    private static Set<String> prefixed(String room, Set<String> names) {
        return names.stream().map(name -> room + "." + name).collect(Collectors.toSet());
    }

    private static Stream<JavaClass> publicButNotApi() {
        return LIBRARY.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> !API.getOrDefault(room(type), Set.of()).contains(type.getSimpleName()));
    }

    private static String room(JavaClass type) {
        return type.getPackageName().replace(ROOT, "");
    }

    @Test
    void shouldSayOfEachRoomWhatBelongsThere() throws IOException {
        try (Stream<Path> rooms = Files.list(SOURCES)) {
            assertThat(rooms.filter(Files::isDirectory))
                    .hasSameSizeAs(API.keySet())
                    .allSatisfy(room -> assertThat(room.resolve("package-info.java"))
                            .content()
                            .contains("@NullMarked", "<b>Belongs here:</b>"));
        }
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldHaveNoRoomThatIsTooFull(Path module) throws IOException {
        try (Stream<Path> folders = Files.walk(module.resolve(MAIN))) {
            assertThat(folders.filter(Files::isDirectory)).allSatisfy(room -> {
                try (Stream<Path> files = Files.list(room)) {
                    assertThat(files.filter(Files::isRegularFile).filter(file -> !file.endsWith("package-info.java")))
                            .hasSizeLessThanOrEqualTo(MAX_FILES);
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldHaveNoFileThatIsTooLong(Path module) throws IOException {
        try (Stream<Path> files = Files.walk(module.resolve(MAIN))) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(MAX_LINES));
        }
    }

    /** Those of the project that have code of their own to ship or to run. */
    static List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of(".."))) {
            return folders.filter(folder -> Files.isDirectory(folder.resolve(MAIN)))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void shouldKeepTheServerAndTheBrokerFromTheHandlers() {
        noClasses()
                .that()
                .areTopLevelClasses()
                .and()
                .areAssignableTo(ChannelHandler.class)
                .should()
                .dependOnClassesThat(belongToAnyOf(HandoffServer.class, HandoffBroker.class))
                .because("each of them works in a pipeline of the program's own, too")
                .check(LIBRARY);
    }

    @Test
    void shouldCallNativeCodeInOneClassOnly() {
        noClasses()
                .that(not(resideInAPackage(LibcSocketCalls.class.getPackageName())))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.jna..")
                .check(LIBRARY);
        methods()
                .that()
                .haveModifier(NATIVE)
                .should()
                .beDeclaredIn(LibcSocketCalls.class)
                .check(LIBRARY);
    }

    /** A builder makes what hands it out: those arrows go back. */
    @Test
    void shouldHaveNoCyclesBetweenClasses() {
        slices().assignedFrom(new TopLevelClasses())
                .should()
                .beFreeOfCycles()
                .ignoreDependency(HandoffServerBuilder.class, HandoffServer.class)
                .ignoreDependency(HandoffBrokerBuilder.class, HandoffBroker.class)
                .ignoreDependency(HandoffPoolBuilder.class, HandoffPool.class)
                .ignoreDependency(HandoffTakeoverBuilder.class, HandoffTakeover.class)
                .ignoreDependency(PrefacePeekerBuilder.class, PrefacePeeker.class)
                .because("a class is what can be understood alone")
                .check(LIBRARY);
    }

    @Test
    void shouldMentionNeitherGeneratedMessagesNorJnaInItsPublicFace() {
        classes()
                .that()
                .arePublic()
                .and()
                .resideOutsideOfPackage(ROOT + "descriptor")
                .should(new ApiMentions("io.handoff.proto", "com.google.protobuf", "com.sun.jna"))
                .check(LIBRARY);
    }
}
