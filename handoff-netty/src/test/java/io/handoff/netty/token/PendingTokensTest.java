package io.handoff.netty.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compared with a {@link LinkedHashMap}, which is what it stands for. */
class PendingTokensTest {

    private final PendingTokens tokens = new PendingTokens();
    private final Map<HandoffToken, Long> model = new LinkedHashMap<>();

    @ParameterizedTest
    @ValueSource(ints = {3, 40, 1_000, 20_000})
    void shouldHoldWhatAMapWouldHold(int distinct) {
        Random random = new Random(distinct);
        for (int step = 0; step < 100_000; step++) {
            // Phases in which it grows, and phases in which it shrinks.
            boolean isGrowing = step / 10_000 % 2 == 0;
            HandoffToken token = token(random.nextInt(distinct));
            if (random.nextInt(4) == 0) {
                removeOldest();
            } else if (random.nextInt(4) == 0 ? isGrowing : !isGrowing) {
                remove(token);
            } else {
                add(token, step);
            }
            assertThat(tokens.size()).isEqualTo(model.size());
        }
        assertSameOrder();
    }

    @Test
    void shouldReuseWhatHasBeenRemoved() {
        for (int i = 0; i < 1_000; i++) {
            add(token(i), i);
        }
        for (int i = 1_000; i < 10_000; i++) {
            removeOldest();
            add(token(i), i);
            assertThat(tokens.find(token(i))).isLessThan(1_000);
        }
        assertSameOrder();
    }

    @Test
    void shouldFindNothingWhenEmpty() {
        assertThat(tokens.find(token(1))).isEqualTo(PendingTokens.NONE);
        assertThat(tokens.oldest()).isEqualTo(PendingTokens.NONE);
    }

    private void add(HandoffToken token, long expiresAt) {
        if (model.putIfAbsent(token, expiresAt) == null) {
            tokens.add(token, expiresAt);
        }
        assertThat(tokens.expiresAt(tokens.find(token))).isEqualTo(model.get(token));
    }

    private void remove(HandoffToken token) {
        int found = tokens.find(token);
        assertThat(found != PendingTokens.NONE).isEqualTo(model.remove(token) != null);
        if (found != PendingTokens.NONE) {
            tokens.remove(found);
        }
        assertThat(tokens.find(token)).isEqualTo(PendingTokens.NONE);
    }

    private void removeOldest() {
        if (!model.isEmpty()) {
            HandoffToken oldest = model.keySet().iterator().next();
            assertThat(tokens.oldest()).isEqualTo(tokens.find(oldest));
            remove(oldest);
        }
    }

    private void assertSameOrder() {
        List<HandoffToken> inOrder = new ArrayList<>(model.keySet());
        for (HandoffToken token : inOrder) {
            assertThat(tokens.oldest()).isEqualTo(tokens.find(token));
            remove(token);
        }
        assertThat(tokens.oldest()).isEqualTo(PendingTokens.NONE);
    }

    /** Neighbours differ in one bit or few, of either half. */
    private static HandoffToken token(int number) {
        long half = number / 2;
        ByteBuffer bytes = ByteBuffer.allocate(HandoffToken.BYTES);
        return HandoffToken.ofBytes(bytes.putLong(number % 2 == 0 ? half : -1)
                .putLong(number % 2 == 0 ? -1 : half << 40)
                .array());
    }
}
