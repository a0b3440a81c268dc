package io.handoff.netty.preface;

import static org.awaitility.Awaitility.await;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.FaultyCalls;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A program that accepts clients and does not read them, and a peeker; all is closed after each test. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
abstract class PeekFixture {

    static final String REQUEST = "GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n";
    static final ClientPreface OF_REQUEST = new ClientPreface.Http1("GET", "/a", "example.com");

    /** For tests in which the time is not to be over. */
    static final Duration LONG = Duration.ofMinutes(1);

    /** For tests in which it is to be over. */
    static final Duration SHORT = Duration.ofMillis(200);

    enum Family {
        TCP,
        UNIX
    }

    @TempDir
    Path directory;

    final List<AutoCloseable> opened = new ArrayList<>();
    final CountingCalls calls = new CountingCalls();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : opened) {
            resource.close();
        }
    }

    <R extends AutoCloseable> R opened(R resource) {
        opened.add(resource);
        return resource;
    }

    FakeBroker program(Family family) throws Exception {
        return listening(opened(new FakeBroker()).childOption(ChannelOption.AUTO_READ, false), family);
    }

    FakeBroker listening(FakeBroker program, Family family) throws Exception {
        return family == Family.TCP ? program.listenOnTcp() : program.listenOnUnix(directory.resolve("clients.sock"));
    }

    Served connect(Family family) throws Exception {
        return program(family).connect();
    }

    PrefacePeeker peeker(Duration timeout) {
        return PrefacePeeker.builder().timeout(timeout).socketCalls(calls).build();
    }

    static ClientPreface get(Future<ClientPreface> peeked) throws Exception {
        return peeked.get(60, TimeUnit.SECONDS);
    }

    static Throwable causeOf(Future<ClientPreface> peeked) throws Exception {
        if (!peeked.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the peek has not ended");
        }
        return peeked.cause();
    }

    /** Until the peek waits for an event: the program's handlers would get no byte even if there were one. */
    static void awaitWait(Channel client) {
        await().until(() -> !client.isRegistered());
        client.eventLoop().submit(() -> {}).syncUninterruptibly();
    }

    static void onLoop(Channel client, Runnable step) {
        client.eventLoop().submit(step).syncUninterruptibly();
    }

    static FileDescriptor socketOf(Served served) {
        return ((UnixChannel) served.channel()).fd();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** How often the socket was asked how many bytes are there, and how often bytes were copied. */
    static final class CountingCalls extends FaultyCalls {
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger copied = new AtomicInteger();

        @Override
        public int readable(FileDescriptor socket) throws IOException {
            asked.incrementAndGet();
            return super.readable(socket);
        }

        @Override
        public int peek(FileDescriptor socket, byte[] into) throws IOException {
            copied.incrementAndGet();
            return super.peek(socket, into);
        }
    }
}
