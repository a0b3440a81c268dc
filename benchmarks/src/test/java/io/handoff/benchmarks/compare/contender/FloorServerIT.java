package io.handoff.benchmarks.compare.contender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.benchmarks.load.LoadMode;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.EventLoops;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class FloorServerIT {

    private static final int AFTER_DESCRIPTOR = HandoffToken.BYTES - 1 + FloorFrames.OFFER_LENGTH;

    private final EventLoopGroup loop = Loops.start(1, "floor");
    private final Socket broker = Socket.newSocketDomain();
    private final Socket passed = Socket.newSocketDomain();
    private final ByteBuffer answers = ByteBuffer.allocateDirect(1024);

    /** The other end of the passed connection. */
    private SocketChannel client;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        Path floor = directory.resolve("floor");
        FloorServer.listen(floor, LoadMode.DESCRIPTOR, loop);
        Path listening = directory.resolve("client");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(listening));
            passed.connect(new DomainSocketAddress(listening.toFile()));
            client = server.accept();
        }
        broker.connect(new DomainSocketAddress(floor.toFile()));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        broker.close();
        EventLoops.end(loop);
    }

    @Test
    void shouldAdoptTheConnectionWhenEverythingHasArrivedBeforeItLooks() throws Exception {
        CountDownLatch everythingSent = new CountDownLatch(1);
        loop.submit(() -> everythingSent.await(10, TimeUnit.SECONDS));
        sendDescriptor();
        write(AFTER_DESCRIPTOR);
        client.write(bytes("early, "));
        everythingSent.countDown();
        awaitAnswer();
        client.write(bytes("late"));
        assertThat(echo(11)).isEqualTo("early, late");
    }

    @Test
    void shouldNotAnswerBeforeTheLastByteWhenTheBytesComeOneByOne() throws Exception {
        sendDescriptor();
        for (int sent = 0; sent < AFTER_DESCRIPTOR; sent++) {
            letServerRead();
            assertThat(answeredBytes()).as("after %d bytes", sent).isZero();
            write(1);
        }
        awaitAnswer();
        client.write(bytes("hello"));
        assertThat(echo(5)).isEqualTo("hello");
        assertThat(answeredBytes()).isEqualTo(FloorFrames.ACK_LENGTH);
    }

    @Test
    void shouldCloseTheDescriptorWhenTheOfferDoesNotCome() throws Exception {
        sendDescriptor();
        broker.close();
        assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    /** With one byte, as Netty does it. */
    private void sendDescriptor() throws IOException {
        assertThat(broker.sendFd(passed.intValue())).isPositive();
        passed.close();
    }

    private void write(int count) throws IOException {
        assertThat(broker.write(ByteBuffer.allocateDirect(count), 0, count)).isEqualTo(count);
    }

    /** A task may run before what has arrived meanwhile is looked at, a timer that is set by one does not. */
    private void letServerRead() throws InterruptedException {
        loop.submit(() -> loop.next().schedule(() -> {}, 1, TimeUnit.MICROSECONDS))
                .sync()
                .getNow()
                .sync();
    }

    private void awaitAnswer() {
        await().until(this::answeredBytes, answered -> answered == FloorFrames.ACK_LENGTH);
    }

    private int answeredBytes() throws IOException {
        // Nothing yet is zero; the end would be less.
        answers.position(answers.position() + broker.read(answers, answers.position(), answers.capacity()));
        return answers.position();
    }

    private String echo(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && client.read(bytes) >= 0) {}
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
