package io.handoff.reliability.token;

import static io.handoff.reliability.Reliability.sized;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.TokenVerdict;
import io.handoff.reliability.Reliability;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Whether the time of a refusal tells how much of a guess is right. The code says no: {@code HandoffToken.equals} is two
 * XORs, an OR and one comparison, and the hash that finds a token is keyed. This looks at what the compiler and the processor
 * make of it, beside a comparison that leaks, which is asked in the same rounds: it shows what could be seen.
 *
 * <p>Not seen to fail with {@code high == otherHigh && low == otherLow} in {@code HandoffToken.equals}: some 0.2 ns, which tell
 * whether the first eight bytes are right, all of them.
 */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenTimingIT {

    private static final int ROUNDS = sized(50_000, 4_000);

    /** Questions timed together, so that the steps of the clock weigh little. */
    private static final int TOGETHER = 256;

    private static final int PENDING = 1000;

    /** The first byte is wrong already. */
    private static final int EARLY = 0;

    /** Two bytes remain, so that there are enough wrong tokens. */
    private static final int LATE = HandoffToken.BYTES - 2;

    private final HandoffToken secret = HandoffToken.random();
    private final byte[] secretBytes = secret.toBytes();
    private final HandoffTokenStore store =
            new HandoffTokenStore(ImmediateEventExecutor.INSTANCE, PENDING, Duration.ofHours(1));

    private final TimedQuestion leaky = new TimedQuestion(
            "for contrast: a loop that ends at the first wrong byte", this::isSecretByteByByte, ROUNDS);
    private final TimedQuestion equal =
            new TimedQuestion("`HandoffToken.equals`", wrong -> secret.equals(wrong.token()), ROUNDS);
    private final TimedQuestion expected = new TimedQuestion(
            "`HandoffTokenStore.consume`, the secret is expected",
            wrong -> store.consume(secret, wrong.token(), 0) == TokenVerdict.CONSUMED,
            ROUNDS);
    private final TimedQuestion pending = new TimedQuestion(
            "`HandoffTokenStore.consume`, any of 1,000 pending tokens would do",
            wrong -> store.consume(wrong.token(), wrong.token(), 0) == TokenVerdict.CONSUMED,
            ROUNDS);

    private boolean isSecretByteByByte(WrongToken wrong) {
        byte[] bytes = wrong.bytes();
        for (int at = 0; at < secretBytes.length; at++) {
            if (bytes[at] != secretBytes[at]) {
                return false;
            }
        }
        return true;
    }

    @BeforeAll
    void measure() throws IOException {
        store.register(secret, 0);
        while (store.pendingCount() < PENDING) {
            store.issue(0);
        }
        SplittableRandom random = new SplittableRandom(16);
        List<TimedQuestion> questions = new ArrayList<>(List.of(leaky, equal, expected, pending));
        for (int round = -ROUNDS / 2; round < ROUNDS; round++) {
            List<WrongToken> early = new ArrayList<>();
            List<WrongToken> late = new ArrayList<>();
            for (int i = 0; i < TOGETHER; i++) {
                early.add(WrongToken.of(secret, EARLY, random));
                late.add(WrongToken.of(secret, LATE, random));
            }
            Collections.shuffle(questions, new Random(round));
            for (TimedQuestion question : questions) {
                if (round < 0) {
                    question.rehearse(early, late);
                } else {
                    question.ask(early, late, random.nextBoolean());
                }
            }
        }
        writePage();
    }

    /** Else the other tests could not fail. */
    @Test
    void shouldSeeTheDifferenceWhereAComparisonEndsAtTheFirstWrongByte() {
        assertThat(leaky.shareOfSlowerLate()).as("share of the rounds").isGreaterThan(0.9);
    }

    /**
     * Seen to fail with a loop over the bytes in HandoffToken.equals that ends at the first wrong one, 6.6 ns; with
     * Arrays.equals of both tokens' bytes, 1.3 ns; and with Long.compareUnsigned of the halves, 4.4 ns.
     */
    @Test
    void shouldTakeAsLongToCompareATokenWhereverItDiffers() {
        assertNoLeak(equal);
    }

    /** Seen to fail with the same comparisons: 3.6, 1.0 and 3.2 ns. */
    @Test
    void shouldTakeAsLongToRefuseATokenWhereverItDiffersFromTheExpectedOne() {
        assertNoLeak(expected);
    }

    /**
     * Seen to fail where tokens were found by a hash of their first bytes, without a key: 19 ns; in a sorted tree, 46 ns; and by
     * comparing one after the other up to the first wrong byte, 139 ns.
     */
    @Test
    void shouldTakeAsLongToRefuseATokenWhateverItHasInCommonWithAPendingOne() {
        assertNoLeak(pending);
    }

    /** Far more than noise does to a median, far less than an early exit does. */
    private void assertNoLeak(TimedQuestion question) {
        assertThat(Math.abs(question.median()))
                .as("nanoseconds more; byte by byte it is %s", leaky.median())
                .isLessThan(leaky.median() / 10);
    }

    private void writePage() throws IOException {
        StringBuilder findings = new StringBuilder(String.format(Locale.ROOT, """
                Wrong tokens: *early* ones are wrong in the first byte already, *late* ones in the last two only. How much longer
                does a question take about a late one? %d questions about either are timed, one after the other in random
                order, and the difference is taken; so in %,d rounds, each with new tokens. More than a tenth of what a loop over the
                bytes takes longer would fail the test. This is about the time that the backend takes, with this JVM on this
                processor; through a socket a peer sees it in much more noise. What is constant-time and what is not:
                [SECURITY.md](../../SECURITY.md).

                | question | longer about late ones (median) | 95 %% interval | rounds in which it took longer |
                |---|---|---|---|
                """, TOGETHER, ROUNDS));
        for (TimedQuestion question : List.of(leaky, equal, expected, pending)) {
            findings.append(String.format(
                    Locale.ROOT,
                    "| %s | %.3f ns | %.3f to %.3f ns | %.1f %% |%n",
                    question.name(),
                    question.median(),
                    question.lower(),
                    question.upper(),
                    100 * question.shareOfSlowerLate()));
        }
        Reliability.writePage(
                TokenTimingIT.class,
                "token-timing",
                "Does the time of a refusal tell how much of a guess is right?",
                findings.toString());
    }
}
