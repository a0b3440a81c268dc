package io.handoff.benchmarks.compare.contender;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadPlan;
import io.handoff.netty.wire.HandoffOfferEncoder;
import io.handoff.netty.wire.Offer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What takes descriptors is in {@code FloorInCLoadIT}: the load generator compares each ACK. */
@Timeout(60)
class FloorInCIT {

    private ServerProcess floor;
    private SocketChannel broker;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("s");
        LoadPlan plan = new LoadPlan(socket, LoadMode.PIPELINED, 1, 1, Duration.ZERO, Duration.ofSeconds(1), false);
        ServerCommands commands = new ServerCommands(Path.of("no-reference"), FloorInC.build(directory));
        floor = ServerProcess.start(commands.of(Contender.FLOOR_IN_C, plan));
        broker = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void stop() throws IOException {
        if (floor != null) {
            broker.close();
            floor.close();
        }
    }

    @Test
    void shouldAnswerAnOfferAsTheLibraryDoesWhereverItsBytesAreSplit() throws Exception {
        byte[] offer = offer();
        for (int split = 1; split < offer.length; split++) {
            broker.write(ByteBuffer.wrap(offer, 0, split));
            broker.write(ByteBuffer.wrap(offer, split, offer.length - split));
            assertThat(answer()).as("split at %d", split).isEqualTo(ack());
        }
    }

    @Test
    void shouldCloseTheConnectionWhenTheFrameIsNoOffer() throws Exception {
        byte[] offer = offer();
        // The version of the envelope.
        offer[6]++;
        broker.write(ByteBuffer.wrap(offer));
        assertThat(broker.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void shouldCloseTheConnectionWhenTheRequestIdIsNotTheCorrelationId() throws Exception {
        byte[] offer = offer();
        offer[offer.length - 1]++;
        broker.write(ByteBuffer.wrap(offer));
        assertThat(broker.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    private static byte[] offer() {
        EmbeddedChannel encoder = new EmbeddedChannel(HandoffOfferEncoder.INSTANCE);
        Offer offer = FloorFrames.OFFER;
        encoder.writeOutbound(offer);
        ByteBuf frame = encoder.readOutbound();
        byte[] bytes = ByteBufUtil.getBytes(frame);
        frame.release();
        assertThat(encoder.finish()).isFalse();
        return bytes;
    }

    private static byte[] ack() {
        return ByteBufUtil.getBytes(FloorFrames.ack());
    }

    private byte[] answer() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(FloorFrames.ACK_LENGTH);
        while (bytes.hasRemaining() && broker.read(bytes) >= 0) {}
        return bytes.array();
    }
}
