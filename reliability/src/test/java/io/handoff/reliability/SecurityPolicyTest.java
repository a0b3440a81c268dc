package io.handoff.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps SECURITY.md and the tests that it names together. Seen to fail with names that are none, and a number without evidence. */
class SecurityPolicyTest {

    private static final Path ROOT = Path.of("..");

    /** A test class, and maybe one of its tests; or an ellipsis and another test of the class before. */
    private static final Pattern NAMED = Pattern.compile("`(?:(\\w+(?:Test|IT))|…)(?:\\.?(should\\w+))?`");

    private static final Pattern REFERENCE = Pattern.compile("\\[(\\d+)]");

    @Test
    void shouldNameTestsThatExist() throws IOException {
        List<String> missing = new ArrayList<>();
        String source = "";
        int named = 0;
        var names = NAMED.matcher(evidence());
        while (names.find()) {
            if (names.group(1) != null) {
                source = sourceOf(names.group(1));
            }
            String test = names.group(2);
            if (source.isEmpty() || (test != null && !source.contains(" void " + test + "("))) {
                missing.add(names.group());
            }
            named++;
        }
        assertThat(missing).isEmpty();
        assertThat(named).isGreaterThan(20);
    }

    @Test
    void shouldGiveEvidenceForEachReference() throws IOException {
        String claims = policy().substring(0, policy().indexOf(evidence()));
        List<String> given = evidence()
                .lines()
                .filter(line -> line.matches("\\d+\\. .*"))
                .map(line -> line.substring(0, line.indexOf('.')))
                .toList();
        List<String> referredTo = REFERENCE
                .matcher(claims)
                .results()
                .map(reference -> reference.group(1))
                .distinct()
                .toList();

        assertThat(given).isNotEmpty().containsExactlyInAnyOrderElementsOf(referredTo);
    }

    private static String policy() throws IOException {
        return Files.readString(ROOT.resolve("SECURITY.md"));
    }

    private static String evidence() throws IOException {
        return policy().substring(policy().indexOf("## Where this is tested"));
    }

    /** Empty if there is none. */
    private static String sourceOf(String testClass) throws IOException {
        try (var files = Files.find(
                ROOT,
                12,
                (path, attributes) ->
                        path.endsWith(testClass + ".java") && !path.toString().contains("target"))) {
            return files.map(SecurityPolicyTest::read).collect(Collectors.joining());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
