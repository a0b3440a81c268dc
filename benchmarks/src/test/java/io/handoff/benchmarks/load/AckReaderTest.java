package io.handoff.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Through a pipe, which keeps the pieces as they were written. */
class AckReaderTest {

    private static final LoadPlan PLAN =
            new LoadPlan(Path.of("s"), LoadMode.PIPELINED, 1, 3, Duration.ZERO, Duration.ofSeconds(1), false);

    private final AckReader reader = new AckReader(new SlotFrames(PLAN), PLAN.depth());
    private FileDescriptor in;
    private FileDescriptor out;

    @BeforeEach
    void openPipe() throws IOException {
        // Loads the library that descriptors need.
        Epoll.ensureAvailability();
        FileDescriptor[] pipe = FileDescriptor.pipe();
        in = pipe[0];
        out = pipe[1];
    }

    @AfterEach
    void closePipe() throws IOException {
        in.close();
        out.close();
    }

    private void receive(byte... bytes) throws IOException {
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        assertThat(out.write(direct, 0, bytes.length)).isEqualTo(bytes.length);
        reader.read(in);
    }

    @Test
    void shouldTakeAnAckInWhateverTwoPiecesItComes() throws IOException {
        byte[] ack = Acks.accepting(1);
        for (int cut = 1; cut < ack.length; cut++) {
            receive(Arrays.copyOf(ack, cut));
            assertThat(reader.hasFrame()).isFalse();
            receive(Arrays.copyOfRange(ack, cut, ack.length));
            assertThat(reader.hasFrame()).isTrue();
            assertThat(reader.takeDifference(1)).isNull();
            assertThat(reader.hasFrame()).isFalse();
        }
    }

    @Test
    void shouldTakeAcksThatComeTogetherOneByOne() throws IOException {
        byte[] first = Acks.accepting(0);
        byte[] second = Acks.accepting(1);
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        receive(both);
        assertThat(reader.hasFrame()).isTrue();
        assertThat(reader.takeDifference(0)).isNull();
        assertThat(reader.hasFrame()).isTrue();
        assertThat(reader.takeDifference(1)).isNull();
        assertThat(reader.hasFrame()).isFalse();
    }

    @Test
    void shouldForgetWhatHasComeWhenReset() throws IOException {
        receive(Arrays.copyOf(Acks.accepting(0), 9));
        reader.reset();
        receive(Acks.accepting(0));
        assertThat(reader.hasFrame()).isTrue();
        assertThat(reader.takeDifference(0)).isNull();
    }

    @Test
    void shouldPutUpWithFindingNothing() throws IOException {
        reader.read(in);
        assertThat(reader.hasFrame()).isFalse();
    }

    @Test
    void shouldFailWhenTheConnectionEnds() throws IOException {
        out.close();
        assertThatThrownBy(() -> reader.read(in))
                .isInstanceOf(EOFException.class)
                .hasMessage("connection closed before the ACK");
    }

    @Test
    void shouldFailWhenTheFramingIsAnother() throws IOException {
        receive(new byte[] {2, 0, 0, 0, 0});
        assertThatThrownBy(reader::hasFrame).hasMessage("framing version 2 where an ACK is due");
    }

    @Test
    void shouldFailWhenTheFrameIsLongerThanAnyAck() throws IOException {
        receive(new byte[] {1, -1, -1, -1, -1});
        assertThatThrownBy(reader::hasFrame).hasMessage("frame of 4294967300 bytes where an ACK is due");
    }
}
