package io.handoff.netty.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.FaultyCalls;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.BackendConnection;
import io.handoff.testkit.BackendScript;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.ScriptedBackend;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Brokers, clients and backends for the tests of one broker; all are closed after each test. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(60)
abstract class BrokerFixture {

    static final HandoffToken TOKEN = HandoffToken.ofHex("000102030405060708090a0b0c0d0e0f");
    static final long ID = 7;

    /** More than the socket buffers of both sides hold. */
    static final int MUCH = 16 << 20;

    static final BackendScript ACCEPT = BackendScript.accept();
    static final BackendScript REJECT = BackendScript.reject("not today");

    /** Waits for the broker to go, without having taken what it brings. */
    static final BackendScript READ_ON = BackendConnection::receiveToEnd;

    @TempDir
    Path directory;

    final List<AutoCloseable> opened = new ArrayList<>();
    final CountDownLatch goOn = new CountDownLatch(1);
    final CountDownLatch arrived = new CountDownLatch(1);

    @AfterEach
    void closeAll() throws Exception {
        goOn.countDown();
        for (AutoCloseable resource : opened) {
            resource.close();
        }
    }

    void assertLetGo(Served served, Failed failed) throws IOException {
        assertThat(failed.connectionUsable()).isFalse();
        assertThat(served.channel().isOpen()).isFalse();
        assertThat(served.client().receiveToEnd()).isEmpty();
        assertThat(failed.toString()).doesNotContain(TOKEN.toHex());
    }

    void assertGoesOn(Served served, Failed failed) throws IOException {
        assertThat(failed.connectionUsable()).isTrue();
        assertServedAsBefore(served);
    }

    void assertServedAsBefore(Served served) throws IOException {
        assertThat(served.client().send("still here?").receiveText(11)).isEqualTo("still here?");
        assertThat(served.channel().config().isAutoRead()).isTrue();
        assertThat(served.channel().pipeline().get(ClientGuard.class)).isNull();
        assertThat(served.echo().events).containsExactly("registered");
    }

    /** Has a script wait, once everything has arrived, for the test to go on. */
    BackendScript pausing(BackendScript script) {
        return connection -> {
            connection.handoff();
            arrived.countDown();
            BackendScript.late(goOn, script).serve(connection);
        };
    }

    Path socketPath() {
        return directory.resolve("backend.sock");
    }

    ScriptedBackend backend(BackendScript script) throws IOException {
        return opened(ScriptedBackend.start(socketPath(), script));
    }

    HandoffBrokerBuilder builder() {
        return HandoffBroker.builder(socketPath());
    }

    HandoffBroker broker() {
        return builder().build();
    }

    Served serve() throws Exception {
        return serve(new FakeBroker().listenOnTcp());
    }

    Served serve(FakeBroker program) throws Exception {
        return opened(program).connect();
    }

    <R extends AutoCloseable> R opened(R resource) {
        opened.add(resource);
        return resource;
    }

    static Future<HandoffOutcome> handOff(HandoffBroker broker, Served served) {
        return broker.handOff(served.channel(), "zccache", TOKEN, ID);
    }

    static HandoffOutcome get(Future<HandoffOutcome> outcome) throws Exception {
        return outcome.get(20, TimeUnit.SECONDS);
    }

    static Failed getFailed(Future<HandoffOutcome> outcome) throws Exception {
        HandoffOutcome got = get(outcome);
        assertThat(got).isInstanceOf(Failed.class);
        return (Failed) got;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Leaves no room in a socket, which may be one that waits, and returns how many bytes that took. */
    static int fill(FileDescriptor socket) throws IOException {
        byte[] filler = new byte[1 << 16];
        int total = 0;
        for (int sent = 1; sent > 0; total += sent) {
            sent = LibcSocketCalls.INSTANCE.send(socket, filler);
        }
        return total;
    }

    static FileDescriptor socketOf(Served served) {
        return ((UnixChannel) served.channel()).fd();
    }

    /** The call that passes the descriptor. */
    interface Send {
        int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException;
    }

    static final class SendingCalls extends FaultyCalls {
        private final Send send;

        SendingCalls(Send send) {
            this.send = send;
        }

        @Override
        public int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
            return send.send(socket, bytes, passed);
        }
    }

    /** Leaves no room in the client's connection before it is sent. */
    static final class FillingCalls implements Send {
        volatile int filled;

        @Override
        public int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
            filled = fill(passed);
            return LibcSocketCalls.INSTANCE.send(socket, bytes, passed);
        }
    }
}
