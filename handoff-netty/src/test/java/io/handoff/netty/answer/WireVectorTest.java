package io.handoff.netty.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffWireException;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden case through the whole pipeline, in every split of its bytes. */
class WireVectorTest {

    @ParameterizedTest
    @MethodSource("io.handoff.netty.answer.WireVector#all")
    void shouldDoAsTheVectorSaysWhenTheBytesArriveInTwoPieces(WireVector vector) {
        IntStream.rangeClosed(0, vector.send().length).forEach(split -> {
            BackendChannel backend = backendFor(vector);
            backend.receive(vector.send(), 0, split);
            backend.receive(vector.send(), split, vector.send().length);
            assertOutcome(vector, backend);
        });
    }

    @ParameterizedTest
    @MethodSource("io.handoff.netty.answer.WireVector#all")
    void shouldDoAsTheVectorSaysWhenTheBytesArriveInPiecesOfOneSize(WireVector vector) {
        IntStream.rangeClosed(1, vector.send().length).forEach(pieceSize -> {
            BackendChannel backend = backendFor(vector);
            backend.receive(vector.send(), pieceSize);
            assertOutcome(vector, backend);
        });
    }

    private static BackendChannel backendFor(WireVector vector) {
        return new BackendChannel(vector.policy(), OfferAdmission.all())
                .registering(vector.pending().toArray(HandoffToken[]::new));
    }

    private static void assertOutcome(WireVector vector, BackendChannel backend) {
        if (vector.thenEof()) {
            backend.receiveEof();
        }
        assertThat(backend.sent()).isEqualTo(vector.reply());
        assertThat(backend.channel.isOpen()).isEqualTo(!vector.closes());
        if (vector.closes()) {
            assertThat(backend.answers).isEmpty();
            assertThat(backend.errors).singleElement().satisfies(error -> {
                assertThat(error).isInstanceOf(HandoffWireException.class);
                assertThat(error.getMessage()).matches(vector::matchesError, vector.error());
            });
        } else {
            assertThat(backend.errors).isEmpty();
            assertThat(backend.answers.get(0)).satisfies(answer -> assertAnswered(vector, answer));
        }
        backend.finish();
    }

    private static void assertAnswered(WireVector vector, HandoffAnswer answer) {
        if (answer instanceof HandoffAnswer.Rejected rejected) {
            assertThat(vector.outcome()).isEqualTo("rejected");
            assertThat(rejected.rejection().detail()).isEqualTo(vector.detail());
        } else {
            assertThat(vector.outcome()).isEqualTo("accepted");
        }
    }
}
