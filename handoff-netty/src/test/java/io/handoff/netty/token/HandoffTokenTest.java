package io.handoff.netty.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.Offer;
import io.handoff.netty.wire.Rejections;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandoffTokenTest {

    private static final String HEX = "00017f80feff0123456789abcdef1020";
    private static final byte[] BYTES = {
        0x00,
        0x01,
        0x7f,
        (byte) 0x80,
        (byte) 0xfe,
        (byte) 0xff,
        0x01,
        0x23,
        0x45,
        0x67,
        (byte) 0x89,
        (byte) 0xab,
        (byte) 0xcd,
        (byte) 0xef,
        0x10,
        0x20
    };

    @Test
    void shouldReadAndWriteBytes() {
        HandoffToken token = HandoffToken.ofBytes(BYTES);

        assertThat(token.toBytes()).isEqualTo(BYTES);
        assertThat(token.toHex()).isEqualTo(HEX);
    }

    @Test
    void shouldReadAndWriteHex() {
        HandoffToken token = HandoffToken.ofHex(HEX);

        assertThat(token.toBytes()).isEqualTo(BYTES);
        assertThat(token.toHex()).isEqualTo(HEX);
    }

    @Test
    void shouldReadUpperCaseHexAndWriteLowerCase() {
        assertThat(HandoffToken.ofHex(HEX.toUpperCase(Locale.ROOT)).toHex()).isEqualTo(HEX);
        assertThat(HandoffToken.ofHex(CharBuffer.wrap(HEX)).toHex()).isEqualTo(HEX);
    }

    @Test
    void shouldNotChangeWhenTheArraysAroundItDo() {
        byte[] given = BYTES.clone();
        HandoffToken token = HandoffToken.ofBytes(given);
        Arrays.fill(given, (byte) 9);
        Arrays.fill(token.toBytes(), (byte) 9);

        assertThat(token.toBytes()).isEqualTo(BYTES);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 15, 17, 32})
    void shouldRefuseBytesOfAnotherLength(int length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandoffToken.ofBytes(new byte[length]))
                .withMessage("handoff token length was %d bytes; expected 16", length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 31, 33, 64})
    void shouldRefuseHexOfAnotherLength(int length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandoffToken.ofHex("a".repeat(length)))
                .withMessage("handoff token was %d characters; expected 32 hexadecimal digits", length);
    }

    /** The last of them are digits to {@link Character#digit}: full-width, Arabic-Indic, and full-width letters. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "g", "G", " ", "-", ":", "/", "@", "`", "\0", "\n", "\u00e9", "\uff11", "\u0661", "\uff21", "\uff41"
            })
    void shouldRefuseWhatIsNoHexDigitWithoutRepeatingIt(String stranger) {
        for (int position : new int[] {0, 13, 31}) {
            String text = HEX.substring(0, position) + stranger + HEX.substring(position + 1);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HandoffToken.ofHex(text))
                    .withMessage("handoff token has a character that is no hexadecimal digit; expected 32 of them")
                    .withNoCause();
        }
    }

    @Test
    void shouldRefuseFullWidthDigitsThroughout() {
        assertThatIllegalArgumentException().isThrownBy(() -> HandoffToken.ofHex("\uff10".repeat(32)));
    }

    @Test
    void shouldEqualATokenOfTheSameBytesOnly() {
        HandoffToken token = HandoffToken.ofBytes(BYTES);

        assertThat(token).isEqualTo(HandoffToken.ofHex(HEX)).hasSameHashCodeAs(HandoffToken.ofHex(HEX));
        assertThat(token).isNotEqualTo(null).isNotEqualTo(HEX);
    }

    @Test
    void shouldDifferWhenAnyBitDiffers() {
        HandoffToken token = HandoffToken.ofBytes(BYTES);

        for (int bit = 0; bit < 128; bit++) {
            assertThat(flipped(bit)).as("bit %d flipped", bit).isNotEqualTo(token);
        }
    }

    /** Differences that would cancel each other out if the halves were put together carelessly. */
    @Test
    void shouldDifferWhenTheSameBitDiffersInBothHalves() {
        HandoffToken token = HandoffToken.ofBytes(BYTES);

        for (int bit = 0; bit < 64; bit++) {
            assertThat(flipped(bit, bit + 64)).as("bit %d flipped twice", bit).isNotEqualTo(token);
        }
    }

    private static HandoffToken flipped(int... bits) {
        byte[] bytes = BYTES.clone();
        for (int bit : bits) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        return HandoffToken.ofBytes(bytes);
    }

    /** What a peer would choose that wants many tokens in one bucket. */
    @ParameterizedTest
    @MethodSource("families")
    void shouldSpreadTheHashesOfRelatedTokens(IntFunction<byte[]> family) {
        long distinct = IntStream.range(0, 256)
                .map(i -> HandoffToken.ofBytes(family.apply(i)).hashCode())
                .distinct()
                .count();

        assertThat(distinct).isGreaterThan(250);
    }

    static Stream<IntFunction<byte[]>> families() {
        return Stream.concat(
                IntStream.range(0, 16).mapToObj(position -> i -> {
                    byte[] bytes = new byte[16];
                    bytes[position] = (byte) i;
                    return bytes;
                }),
                Stream.of(i -> {
                    byte[] bytes = new byte[16];
                    bytes[7] = (byte) i;
                    bytes[15] = (byte) i;
                    return bytes;
                }));
    }

    @Test
    void shouldDrawAnotherRandomTokenEachTime() {
        Set<HandoffToken> drawn =
                Stream.generate(HandoffToken::random).limit(1000).collect(Collectors.toSet());
        Set<Byte> firstBytes = new HashSet<>();
        Set<Byte> lastBytes = new HashSet<>();
        for (HandoffToken token : drawn) {
            firstBytes.add(token.toBytes()[0]);
            lastBytes.add(token.toBytes()[15]);
        }

        assertThat(drawn).hasSize(1000);
        // Of 256 values about 251 are met; under 150 is out of the question.
        assertThat(firstBytes).hasSizeGreaterThan(150);
        assertThat(lastBytes).hasSizeGreaterThan(150);
    }

    @Test
    void shouldNotPrintItself() {
        assertThat(HandoffToken.ofBytes(BYTES)).hasToString("HandoffToken(redacted)");
    }

    /** What a log line or an assertion of the embedding program would print. */
    @Test
    void shouldNotBePrintedByWhatCarriesIt() {
        String secret = "hunter2-opensesa";
        Offer offer = Offer.of(HandoffToken.ofBytes(secret.getBytes(StandardCharsets.US_ASCII)), "the-service", 1);
        HandoffAnswer.Accepted accepted = new HandoffAnswer.Accepted(offer);

        assertThat(offer.toString()).doesNotContain(secret).contains("the-service");
        assertThat(accepted.toString()).doesNotContain(secret);
        assertThat(new HandoffAnswer.Rejected(offer, Rejections.of(TokenVerdict.EXPIRED)).toString())
                .doesNotContain(secret)
                .contains("handoff token expired");
    }
}
