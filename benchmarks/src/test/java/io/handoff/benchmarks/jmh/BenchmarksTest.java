package io.handoff.benchmarks.jmh;

import static io.handoff.netty.token.TokenVerdict.CONSUMED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffAck;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** A benchmark that does not do its work has excellent numbers. */
class BenchmarksTest {

    private static final int HEADER_LENGTH = 5;

    @Test
    void shouldDecodeTheOffer() {
        FrameDecode benchmark = new FrameDecode();
        assertThat(benchmark.decode()).hasToString(SampleOffer.OFFER.toString());
        benchmark.close();
    }

    @Test
    void shouldReadTheSameOfferInEachForm() {
        OfferForms benchmark = new OfferForms();
        assertThat(benchmark.shortest()).hasToString(SampleOffer.OFFER.toString());
        assertThat(benchmark.explicitZero()).hasToString(SampleOffer.OFFER.toString());
        assertThat(benchmark.unusual()).hasToString(SampleOffer.OFFER.toString());
        benchmark.close();
    }

    @Test
    void shouldAcceptEveryOfferWhoseTokenIsPending() throws Exception {
        OfferPipeline benchmark = new OfferPipeline();
        HandoffAck accepting = HandoffAck.newBuilder()
                .setToken(ByteString.copyFrom(SampleOffer.TOKEN.toBytes()))
                .setAccepted(true)
                .setCorrelationId(SampleOffer.OFFER.correlationId())
                .build();
        for (int i = 0; i < 3; i++) {
            assertThat(ackIn(benchmark.offerPendingToken())).isEqualTo(accepting);
        }
        assertThat(benchmark.accepted()).isPositive();
        benchmark.close();
    }

    @Test
    void shouldRejectEveryOfferWhoseTokenIsNotPending() throws Exception {
        OfferPipeline benchmark = new OfferPipeline();
        HandoffAck rejecting = HandoffAck.newBuilder()
                .setToken(ByteString.copyFrom(SampleOffer.TOKEN.toBytes()))
                .setErrorDetail("handoff token is not pending")
                .setCorrelationId(SampleOffer.OFFER.correlationId())
                .build();
        for (int i = 0; i < 3; i++) {
            assertThat(ackIn(benchmark.offer())).isEqualTo(rejecting);
        }
        assertThat(benchmark.rejected()).isPositive();
        benchmark.close();
    }

    @Test
    void shouldEchoTheBytesOfTheOffer() {
        RawEcho benchmark = new RawEcho();
        assertThat(bytesOf(benchmark.exchange())).isEqualTo(SampleOffer.frame());
        assertThat(benchmark.echo()).isEqualTo(SampleOffer.frame().length);
        benchmark.close();
    }

    @Test
    void shouldConsumeATokenAndKeepTheNumberPendingWhenTheRingHasGoneRound() {
        TokenStore benchmark = new TokenStore();
        benchmark.pending = 3;
        benchmark.fill();
        for (int i = 0; i < 7; i++) {
            assertThat(benchmark.consumeAndIssue()).isEqualTo(CONSUMED);
            assertThat(benchmark.consumeAndRegister()).isEqualTo(CONSUMED);
        }
        assertThat(benchmark.pendingCount()).isEqualTo(3);
    }

    @Test
    void shouldAllRunUnderTheHarness() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .forks(0)
                        .mode(Mode.SingleShotTime)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .param("pending", "1000")
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        assertThat(results)
                .extracting(result -> result.getParams().getBenchmark().replace("io.handoff.benchmarks.jmh.", ""))
                .containsExactlyInAnyOrder(
                        "FrameDecode.decode",
                        "OfferForms.explicitZero",
                        "OfferForms.shortest",
                        "OfferForms.unusual",
                        "OfferPipeline.accepted",
                        "OfferPipeline.rejected",
                        "RawEcho.echo",
                        "TokenStore.consumeAndIssue",
                        "TokenStore.consumeAndRegister");
    }

    private static HandoffAck ackIn(ByteBuf answer) throws InvalidProtocolBufferException {
        byte[] bytes = bytesOf(answer);
        Frame frame = Frame.parseFrom(Arrays.copyOfRange(bytes, HEADER_LENGTH, bytes.length));
        return HandoffAck.parseFrom(frame.getPayload());
    }

    private static byte[] bytesOf(ByteBuf answer) {
        byte[] bytes = ByteBufUtil.getBytes(answer);
        assertThat(answer.release()).isTrue();
        return bytes;
    }
}
