package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.handoff.netty.token.TokenVerdict;
import io.handoff.netty.wire.HandoffRejection.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandoffRejectionTest {

    /** The table of WIRE §5, which brokers compare with. */
    @Test
    void shouldHaveTheTextsOfTheProtocol() {
        assertRejection(Rejections.TOKEN_MISSING, Reason.TOKEN_MISSING, "handoff token is missing");
        assertRejection(
                Rejections.tokenLength(15), Reason.TOKEN_LENGTH, "handoff token length was 15 bytes; expected 16");
        assertRejection(Rejections.TOKEN_NOT_PENDING, Reason.TOKEN_NOT_PENDING, "handoff token is not pending");
        assertRejection(Rejections.of(TokenVerdict.EXPIRED), Reason.TOKEN_EXPIRED, "handoff token expired");
        assertRejection(Rejections.TOKEN_MISMATCH, Reason.TOKEN_MISMATCH, "handoff token mismatch");
        assertRejection(Rejections.notAdmitted("wrong shop"), Reason.NOT_ADMITTED, "wrong shop");
    }

    private static void assertRejection(HandoffRejection rejection, Reason reason, String detail) {
        assertThat(rejection).isEqualTo(new HandoffRejection(reason, detail));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n"})
    void shouldRefuseToRejectWithoutAReason(String blank) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rejections.notAdmitted(blank))
                .withMessage("the detail of a NOT_ADMITTED rejection is blank");
    }
}
