package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Fails a test that logs other warnings than it says with {@link Warns}. Registered for every test of this module. */
public final class NoWarnings implements BeforeEachCallback, AfterEachCallback {

    private static final LoggedWarnings LOGGED = LoggedWarnings.listen();

    @Override
    public void beforeEach(ExtensionContext context) {
        // What the one before has left running is not of this test.
        LOGGED.take();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<String> logged = LOGGED.take();
        Optional<Warns> warns = AnnotationSupport.findAnnotation(context.getElement(), Warns.class);
        List<String> always = warns.map(Warns::value).map(List::of).orElse(List.of());
        List<String> sometimes = warns.map(Warns::sometimes).map(List::of).orElse(List.of());
        List<String> expected =
                Stream.concat(always.stream(), sometimes.stream()).toList();
        assertThat(logged)
                .as("warnings that were not expected")
                .filteredOn(warning -> expected.stream().noneMatch(warning::contains))
                .isEmpty();
        assertThat(always)
                .as("warnings that were expected and did not come")
                .filteredOn(part -> logged.stream().noneMatch(warning -> warning.contains(part)))
                .isEmpty();
    }
}
