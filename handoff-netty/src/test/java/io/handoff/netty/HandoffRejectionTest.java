package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.handoff.netty.HandoffRejection.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandoffRejectionTest {

    /** The table of WIRE §5, which brokers compare with. */
    @Test
    void shouldHaveTheTextsOfTheProtocol() {
        assertRejection(HandoffRejection.TOKEN_MISSING, Reason.TOKEN_MISSING, "handoff token is missing");
        assertRejection(
                HandoffRejection.tokenLength(15),
                Reason.TOKEN_LENGTH,
                "handoff token length was 15 bytes; expected 16");
        assertRejection(HandoffRejection.TOKEN_NOT_PENDING, Reason.TOKEN_NOT_PENDING, "handoff token is not pending");
        assertRejection(HandoffRejection.TOKEN_EXPIRED, Reason.TOKEN_EXPIRED, "handoff token expired");
        assertRejection(HandoffRejection.TOKEN_MISMATCH, Reason.TOKEN_MISMATCH, "handoff token mismatch");
        assertRejection(HandoffRejection.notAdmitted("wrong shop"), Reason.NOT_ADMITTED, "wrong shop");
    }

    private static void assertRejection(HandoffRejection rejection, Reason reason, String detail) {
        assertThat(rejection).isEqualTo(new HandoffRejection(reason, detail));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n"})
    void shouldRefuseToRejectWithoutAReason(String blank) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandoffRejection.notAdmitted(blank))
                .withMessage("the detail of a NOT_ADMITTED rejection is blank");
    }
}
