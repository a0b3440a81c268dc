package io.handoff.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps SECURITY.md and the tests that it names together. Seen to fail with names that are none, and a number without evidence. */
class SecurityPolicyTest {

    private static final Path ROOT = Path.of("..");

    /** From there to the sources of a package, and more. */
    private static final int DEPTH = 10;

    /** A test class, and maybe one of its tests; or an ellipsis and another test of the class before. */
    private static final Pattern NAMED = Pattern.compile("`(?:(\\w+(?:Test|IT))|…)(?:\\.?(should\\w+))?`");

    private static final Pattern REFERENCE = Pattern.compile("\\[(\\d+)]");

    @Test
    void shouldNameTestsThatExist() throws IOException {
        Map<String, Path> testClasses = testClasses();
        List<String> missing = new ArrayList<>();
        String source = "";
        int named = 0;
        var names = NAMED.matcher(evidence());
        while (names.find()) {
            if (names.group(1) != null) {
                Path file = testClasses.get(names.group(1));
                source = file == null ? "" : Files.readString(file);
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

    /** The sources of all tests, by the names of their classes. */
    private static Map<String, Path> testClasses() throws IOException {
        try (var files = Files.find(
                ROOT,
                DEPTH,
                (path, attributes) -> path.toString().contains("/src/test/java/") && attributes.isRegularFile())) {
            return files.collect(Collectors.toMap(
                    file -> file.getFileName().toString().replace(".java", ""), file -> file, (one, another) -> one));
        }
    }
}
