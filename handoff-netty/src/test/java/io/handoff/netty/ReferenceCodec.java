package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Has the reference judge many streams at once, and holds its verdicts against ours. */
public final class ReferenceCodec {

    private static final int DIFFERENCES_SHOWN = 20;

    private ReferenceCodec() {}

    /** What to begin random streams with: another number each time, which is printed, or {@code -Dhandoff.test.seed}. */
    public static long seed() {
        long seed = Objects.requireNonNullElseGet(
                Long.getLong("handoff.test.seed"),
                () -> RandomGenerator.getDefault().nextLong());
        System.out.println("-Dhandoff.test.seed=" + seed);
        return seed;
    }

    /** A line for each case; the codec of the peer says what the lines are. */
    public static List<String> verdicts(ReferenceVersion version, Path folder, List<String> cases, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(version.peer(), "codec"));
        command.addAll(List.of(options));
        Path verdicts = folder.resolve("verdicts");
        Process codec = new ProcessBuilder(command)
                .redirectInput(Files.write(folder.resolve("cases"), cases).toFile())
                .redirectOutput(verdicts.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(codec.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            codec.destroyForcibly();
        }
        assertThat(codec.exitValue()).isZero();
        List<String> lines = Files.readAllLines(verdicts);
        assertThat(lines).hasSameSizeAs(cases);
        return lines;
    }

    /** Fails with the first few cases of which the two think differently. The codec leaves no end of a line in a text. */
    public static void assertSameVerdicts(List<String> cases, List<String> reference, List<String> ours) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            if (!ours.get(i).replace('\r', ' ').replace('\n', ' ').equals(reference.get(i))) {
                differences.add(cases.get(i) + "\n  reference: " + reference.get(i) + "\n  we:        " + ours.get(i));
            }
        }
        assertThat(differences.subList(0, Math.min(DIFFERENCES_SHOWN, differences.size())))
                .as("%d of %d streams are judged differently", differences.size(), cases.size())
                .isEmpty();
    }
}
