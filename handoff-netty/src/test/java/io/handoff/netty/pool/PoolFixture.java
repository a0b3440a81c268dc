package io.handoff.netty.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.pool.PoolOutcome.Attempt;
import io.handoff.testkit.BackendScript;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.ScriptedBackend;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Backends, clients and a program for the tests of a pool; all are closed after each test. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(60)
abstract class PoolFixture {

    static final long ID = 7;
    static final BackendScript ACCEPT = BackendScript.accept();
    static final BackendScript REJECT = BackendScript.reject("not today");

    @TempDir
    Path directory;

    final CountDownLatch goOn = new CountDownLatch(1);
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @AfterEach
    void closeAll() throws Exception {
        goOn.countDown();
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    <R extends AutoCloseable> R opened(R resource) {
        opened.push(resource);
        return resource;
    }

    Path socket(String name) {
        return directory.resolve(name);
    }

    ScriptedBackend backend(String name, BackendScript script) throws IOException {
        return opened(ScriptedBackend.start(socket(name), script));
    }

    /** A file that a backend has left behind which was killed. */
    Path deadSocket(String name) throws IOException {
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(socket(name)));
        }
        return socket(name);
    }

    Served serve() throws Exception {
        return opened(new FakeBroker().listenOnTcp()).connect();
    }

    /** Its handoffs may be held for longer than a test takes on a busy machine. */
    static HandoffPool poolOf(ScriptedBackend... backends) {
        return HandoffPool.ofSockets(
                        List.of(backends).stream().map(ScriptedBackend::path).toList())
                .timeout(Duration.ofSeconds(50))
                .build();
    }

    static Future<PoolOutcome> start(HandoffPool pool, Served served) {
        return pool.handOff(served.channel(), "zccache", ID);
    }

    static PoolOutcome get(Future<PoolOutcome> outcome) throws Exception {
        return outcome.get(40, TimeUnit.SECONDS);
    }

    static PoolOutcome handOff(HandoffPool pool, Served served) throws Exception {
        return get(start(pool, served));
    }

    /** With a client of its own; returns the backend that has accepted it. */
    Path acceptedBy(HandoffPool pool, FakeBroker program) throws Exception {
        PoolOutcome outcome = handOff(pool, program.connect());
        assertThat(outcome.outcome()).as("%s", outcome).isEqualTo(new Accepted());
        return lastOf(outcome).backend();
    }

    static Attempt lastOf(PoolOutcome outcome) {
        return outcome.attempts().get(outcome.attempts().size() - 1);
    }

    static List<Path> triedBy(PoolOutcome outcome) {
        return outcome.attempts().stream().map(Attempt::backend).toList();
    }

    static List<HandoffOutcome> outcomesOf(PoolOutcome outcome) {
        return outcome.attempts().stream().map(Attempt::outcome).toList();
    }

    static Failed failed(HandoffOutcome outcome) {
        assertThat(outcome).isInstanceOf(Failed.class);
        return (Failed) outcome;
    }

    static void assertServedAsBefore(Served served) throws IOException {
        assertThat(served.client().send("still here?").receiveText(11)).isEqualTo("still here?");
        assertThat(served.channel().config().isAutoRead()).isTrue();
        assertThat(served.echo().events).containsExactly("registered");
    }
}
