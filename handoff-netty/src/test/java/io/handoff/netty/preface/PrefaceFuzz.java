package io.handoff.netty.preface;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.FuzzInput;
import io.handoff.netty.LoggedWarnings;
import io.handoff.netty.preface.ClientPreface.Http1;
import io.handoff.netty.preface.ClientPreface.Tls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Fuzzes the way from a client's first bytes to what they are. The profile {@code fuzz} has Jazzer call it, {@link PrefaceFuzzTest}
 * replays the corpus in {@code src/test/resources/fuzz/preface}.
 *
 * <p>Each look gets an array of its own that ends with what has come, so that whoever reads on is thrown at. Seen to fail, on the
 * corpus alone: with the {@code catch} taken out of {@link PrefaceClassifier}; with a byte given to the channel twice there; with its close
 * left out; with a byte more than needed asked for; with names of hosts told as they came.
 */
public final class PrefaceFuzz {

    /** Small, so that inputs reach it. */
    private static final int MAX_BYTES = 1024;

    private static final int MAX_CUTS = 8;

    private static final LoggedWarnings WARNINGS = LoggedWarnings.listen();

    private PrefaceFuzz() {}

    /** Called by Jazzer for each input: how many cuts, where, and the bytes. */
    public static void fuzzerTestOneInput(byte[] input) {
        FuzzInput decisions = new FuzzInput(input);
        int[] cuts = IntStream.range(0, decisions.next(MAX_CUTS))
                .map(i -> decisions.next() << Byte.SIZE | decisions.next())
                .toArray();
        byte[] bytes = decisions.bytes(MAX_BYTES);
        if (bytes.length == 0) {
            return; // What has not come is not shown to it.
        }
        long held = held();

        ClientPreface preface = classify(bytes, bytes.length);
        ClientPreface inPieces = classify(bytes, ends(cuts, bytes.length));
        ClientPreface whereNeeded = classifyWhereNeeded(bytes);

        assertThat(inPieces).as("what is told when the bytes arrive in pieces").isEqualTo(preface);
        assertThat(whereNeeded)
                .as("what is told when only looks are taken that may tell something")
                .isEqualTo(preface);
        if (bytes.length == MAX_BYTES) {
            assertThat(preface)
                    .as("what is told of as many bytes as are looked at")
                    .isNotNull();
        }
        assertNamesAreNormal(preface);
        assertThat(held()).as("buffers held").isEqualTo(held);
        assertThat(WARNINGS.take()).as("warnings logged").isEmpty();
    }

    private static int[] ends(int[] cuts, int length) {
        return IntStream.concat(Arrays.stream(cuts).map(cut -> 1 + cut % length), IntStream.of(length))
                .sorted()
                .distinct()
                .toArray();
    }

    private static @Nullable ClientPreface classify(byte[] bytes, int... ends) {
        PrefaceClassifier classifier = new PrefaceClassifier(MAX_BYTES);
        try {
            ClientPreface told = null;
            for (int i = 0; i < ends.length && told == null; i++) {
                told = classifier.classify(Arrays.copyOf(bytes, ends[i]));
            }
            return told;
        } finally {
            classifier.close();
        }
    }

    private static @Nullable ClientPreface classifyWhereNeeded(byte[] bytes) {
        PrefaceClassifier classifier = new PrefaceClassifier(MAX_BYTES);
        try {
            ClientPreface told = null;
            int length = 0;
            while (told == null && classifier.needed() <= bytes.length) {
                assertThat(classifier.needed()).as("bytes needed").isGreaterThan(length);
                length = classifier.needed();
                told = classifier.classify(Arrays.copyOf(bytes, length));
            }
            return told;
        } finally {
            classifier.close();
        }
    }

    private static void assertNamesAreNormal(@Nullable ClientPreface preface) {
        @Nullable String name = null;
        if (preface instanceof Tls tls) {
            name = tls.serverName();
        } else if (preface instanceof Http1 http) {
            name = http.host();
            assertThat(http.method()).isNotEmpty();
            assertThat(http.path()).doesNotContain("?");
        }
        assertThat(HostName.of(name)).as("the name told of again").isEqualTo(name);
        if (name != null) {
            assertThat(name).as("a name").doesNotMatch(".*[A-Z].*").hasSizeLessThanOrEqualTo(253);
        }
    }

    /** Known where the default allocator counts, as it does under Jazzer; in a replay NoBuffersLeaked looks for what is left. */
    private static long held() {
        return ByteBufAllocator.DEFAULT instanceof UnpooledByteBufAllocator counting
                ? counting.metric().usedHeapMemory() + counting.metric().usedDirectMemory()
                : 0;
    }
}
