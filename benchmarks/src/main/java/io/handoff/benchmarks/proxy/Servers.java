package io.handoff.benchmarks.proxy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.compare.contender.ServerCommands;
import io.handoff.benchmarks.compare.contender.ServerProcess;
import io.handoff.benchmarks.compare.contender.SocketDirectory;
import io.handoff.benchmarks.host.CpuTime;
import io.handoff.benchmarks.host.Jvm;
import io.handoff.benchmarks.host.MemoryUse;
import io.handoff.benchmarks.host.ParentProcess;
import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The processes of one way, new ones each time; closing ends them. */
final class Servers implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final List<ServerProcess> jvms = new ArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private @Nullable Haproxy haproxy;
    private int port;

    private Servers() {}

    /** Starts what that way takes. */
    static Servers start(Way way) throws IOException {
        Servers servers = new Servers();
        try {
            servers.port = switch (way) {
                case DIRECT -> servers.echo();
                case HAPROXY -> servers.haproxy();
                case HANDOFF -> servers.handoff();
            };
            return servers;
        } catch (IOException e) {
            servers.close();
            throw e;
        }
    }

    private int echo() throws IOException {
        return portOf(jvm(Jvm.command(EchoServer.class, List.of())));
    }

    private int haproxy() throws IOException {
        Haproxy started = Haproxy.start(echo());
        opened.push(started);
        haproxy = started;
        return started.port();
    }

    private int handoff() throws IOException {
        SocketDirectory directory = SocketDirectory.create();
        opened.push(directory);
        LoadPlan plan = new LoadPlan(
                directory.socket(), LoadMode.DESCRIPTOR, 1, 1, Duration.ZERO, Duration.ofSeconds(1), false);
        // A machine that is slow is to be measured, and not to fail.
        jvm(ServerCommands.backend(plan, "--offer-timeout", "PT1M"));
        return portOf(
                jvm(Jvm.command(BrokerServer.class, List.of(directory.socket().toString()))));
    }

    private ServerProcess jvm(List<String> command) throws IOException {
        ServerProcess process = ServerProcess.start(command);
        opened.push(process);
        jvms.add(process);
        return process;
    }

    private static int portOf(ServerProcess process) throws IOException {
        return Integer.parseInt(process.ask(LoopbackServer.PORT));
    }

    /** Where clients connect, on the loopback interface. */
    int port() {
        return port;
    }

    /** How long all of them have been on processors since they started. */
    Duration cpu() {
        Duration used =
                haproxy == null ? Duration.ZERO : CpuTime.of(haproxy.handle()).used();
        for (ServerProcess jvm : jvms) {
            used = used.plus(jvm.cpu().used());
        }
        return used;
    }

    /** What all of them hold: of a JVM live objects and buffers, of HAProxy what is resident. */
    long memoryBytes() throws IOException {
        long bytes = haproxy == null ? 0 : haproxy.residentBytes();
        for (ServerProcess jvm : jvms) {
            MemoryUse use = JSON.readValue(jvm.ask(ParentProcess.MEMORY), MemoryUse.class);
            bytes += use.heap() + use.direct();
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (AutoCloseable one : opened) {
            try {
                one.close();
            } catch (Exception e) {
                failure = failure == null ? new IOException("a server could not be ended", e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
