package io.handoff.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.netty.answer.OfferAdmission;
import io.handoff.netty.backend.BuilderSettings;
import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.backend.PeerPolicy;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;

/** What of a builder each property, and each bean of the program's, decides about. */
class HandoffBackendPropertiesTest {

    private static final String SOCKET = "/run/app/handoff.sock";

    /** Of the builder's settings, these are beans, or the starter's own business. */
    private static final List<String> NO_PROPERTIES =
            List.of("peerPolicy", "admission", "listener", "adoptInto", "controlLoops");

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    NettyReactiveWebServerAutoConfiguration.class, HandoffBackendAutoConfiguration.class))
            .withPropertyValues("handoff.backend.socket=" + SOCKET);

    private static BuilderSettings settingsOf(ReactiveWebApplicationContextRunner runner) {
        BuilderSettings[] settings = new BuilderSettings[1];
        runner.run(context -> settings[0] = BuilderSettings.of(
                context.getBean(HandoffServerBuilderFactory.class).create()));
        return settings[0];
    }

    @Test
    void shouldHaveTheDefaultsOfTheBuilderWhenNothingIsSet() {
        BuilderSettings defaults = BuilderSettings.of(
                HandoffServer.builder(Path.of(SOCKET)).expectedTokens(ExpectedTokenPolicy.carried()));

        assertThat(settingsOf(runner))
                .usingRecursiveComparison()
                .ignoringFields("peerPolicy", "admission", "listener")
                .isEqualTo(defaults);
    }

    static Stream<Arguments> properties() {
        return Stream.of(
                set("socket=/run/other.sock", BuilderSettings::path, Path.of("/run/other.sock")),
                set("socket=handoff.sock", BuilderSettings::path, Path.of("handoff.sock")),
                set("socket-activation=true", BuilderSettings::socketActivation, true),
                set("max-connections=7", BuilderSettings::maxConnections, 7),
                set("max-frame-length=1MB", BuilderSettings::maxFrameLength, 1 << 20),
                set("max-large-frame-bytes=32MB", BuilderSettings::maxLargeFrameBytes, 32 << 20),
                set("max-large-frame-bytes=1TB", BuilderSettings::maxLargeFrameBytes, Integer.MAX_VALUE),
                set("max-state-bytes=16KB", BuilderSettings::maxStateBytes, 16 << 10),
                set("offer-timeout=250ms", BuilderSettings::offerTimeout, Duration.ofMillis(250)),
                set("max-pending-tokens=9", BuilderSettings::maxPendingTokens, 9),
                set("token-time-to-live=2m", BuilderSettings::tokenTimeToLive, Duration.ofMinutes(2)),
                set("expected-tokens=pending", BuilderSettings::expectedTokens, ExpectedTokenPolicy.pending()),
                set("expected-tokens=carried", BuilderSettings::expectedTokens, ExpectedTokenPolicy.carried()),
                set("descriptors=optional", BuilderSettings::descriptors, DescriptorPolicy.OPTIONAL));
    }

    private static Arguments set(String property, Function<BuilderSettings, Object> setting, Object value) {
        return Arguments.of(property, setting, value);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("properties")
    void shouldSetWhatThePropertySays(String property, Function<BuilderSettings, Object> setting, Object value) {
        assertThat(setting.apply(settingsOf(runner.withPropertyValues("handoff.backend." + property))))
                .isEqualTo(value);
    }

    @Test
    void shouldMakeTokensPendingThatAreGivenInHexadecimal() {
        HandoffToken token = HandoffToken.random();

        assertThat(settingsOf(runner.withPropertyValues("handoff.backend.pending-tokens=" + token.toHex()))
                        .pendingTokens())
                .containsExactly(token);
    }

    @Test
    void shouldPreferTheBeansOfTheProgram() {
        ExpectedTokenPolicy expectedTokens = ExpectedTokenPolicy.expected(HandoffToken.random());
        PeerPolicy peerPolicy = PeerPolicy.uids(1000);
        OfferAdmission admission = (offer, peer) -> Optional.of("no");
        HandoffListener listener = new HandoffListener() {};

        BuilderSettings settings = settingsOf(runner.withBean(ExpectedTokenPolicy.class, () -> expectedTokens)
                .withBean(PeerPolicy.class, () -> peerPolicy)
                .withBean(OfferAdmission.class, () -> admission)
                .withBean(HandoffListener.class, () -> listener)
                .withPropertyValues("handoff.backend.expected-tokens=pending"));

        assertThat(settings.expectedTokens()).isSameAs(expectedTokens);
        assertThat(settings.peerPolicy()).isSameAs(peerPolicy);
        assertThat(settings.admission()).isSameAs(admission);
        assertThat(settings.listener()).isSameAs(listener);
    }

    @ParameterizedTest
    @CsvSource({
        "max-connections=0, maxConnections was 0",
        "max-frame-length=17MB, maxFrameLength was 17825792",
        "max-frame-length=4GB, maxFrameLength was 2147483647",
        "offer-timeout=0s, offerTimeout was PT0S",
        "pending-tokens=c0ffee, handoff token was 6 characters"
    })
    void shouldSayWhichValueIsNotTaken(String property, String message) {
        runner.withPropertyValues("handoff.backend." + property)
                .run(context -> assertThatThrownBy(() -> context.getBean(HandoffServerBuilderFactory.class)
                                .create())
                        .isInstanceOf(HandoffStartException.class)
                        .hasMessage("Unable to serve connections handed off at " + SOCKET)
                        .cause()
                        .hasMessageStartingWith(message));
    }

    @Test
    void shouldHaveAnEmptyPathWhenThePropertyHasNoValue() {
        assertThat(settingsOf(runner.withPropertyValues("handoff.backend.socket="))
                        .path())
                .isEqualTo(Path.of(""));
    }

    @Test
    void shouldHaveAPropertyOrABeanForEachSettingOfTheBuilder() {
        List<String> setters = Arrays.stream(HandoffServerBuilder.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> method.getReturnType() == HandoffServerBuilder.class)
                .map(Method::getName)
                .filter(name -> !NO_PROPERTIES.contains(name))
                .distinct()
                .toList();

        assertThat(setters)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(metadata()).containsKey("handoff.backend." + kebabCase(name)));
    }

    @Test
    void shouldDescribeEachPropertyInTheMetadata() throws Exception {
        Map<String, Map<?, ?>> metadata = metadata();

        assertThat(metadata.values())
                .allSatisfy(property ->
                        assertThat((String) property.get("description")).endsWith("."));
        assertThat(metadata.entrySet())
                .filteredOn(property -> !property.getValue().containsKey("defaultValue"))
                .extracting(Map.Entry::getKey)
                .as("without a default")
                .containsExactlyInAnyOrder(
                        "handoff.backend.socket",
                        "handoff.takeover.socket",
                        "handoff.backend.max-state-bytes",
                        "handoff.backend.max-pending-tokens",
                        "handoff.backend.pending-tokens");
    }

    private static String kebabCase(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Map<String, Map<?, ?>> metadata() throws Exception {
        String json = Files.readString(Path.of("target/classes/META-INF/spring-configuration-metadata.json"));
        List<?> properties = (List<?>) Objects.requireNonNull(
                JsonParserFactory.getJsonParser().parseMap(json).get("properties"));
        return properties.stream()
                .map(property -> (Map<?, ?>) property)
                .collect(Collectors.toMap(property -> (String) property.get("name"), property -> property));
    }
}
