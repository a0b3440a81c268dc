package io.handoff.benchmarks.compare.measure;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.contender.ServerCommands;
import io.handoff.benchmarks.compare.contender.ServerProcess;
import io.handoff.benchmarks.compare.contender.SocketDirectory;
import io.handoff.benchmarks.host.MemoryUse;
import io.handoff.benchmarks.host.ParentProcess;
import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What an idle connection costs in a server, in bytes.
 *
 * <p>The servers are processes of their own, and the other ends of the connections are here: so either process has one
 * descriptor for each connection.
 *
 * @param control a handoff connection that is silent
 * @param adopted a connection adopted by this library
 * @param nettyOwn a connection of which Netty alone has made a channel
 */
public record IdleMemory(PerConnection control, PerConnection adopted, PerConnection nettyOwn) {

    /** Makes classes load and pools fill before anything is counted. */
    private static final int FIRST_CONNECTIONS = 100;

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * Bytes for each connection.
     *
     * @param heap live objects
     * @param direct buffers outside of the heap
     */
    public record PerConnection(double heap, double direct) {
        public double total() {
            return heap + direct;
        }
    }

    /** Measures each kind in a new process. */
    public static IdleMemory measure(int connections) throws IOException {
        return new IdleMemory(
                measure(Contender.OURS, LoadMode.FRESH, connections),
                measure(Contender.OURS, LoadMode.DESCRIPTOR, connections),
                measure(Contender.FLOOR, LoadMode.DESCRIPTOR, connections));
    }

    private static PerConnection measure(Contender server, LoadMode mode, int connections) throws IOException {
        try (SocketDirectory directory = SocketDirectory.create()) {
            Path socket = directory.socket();
            LoadPlan plan = new LoadPlan(socket, mode, 1, 1, Duration.ZERO, Duration.ofSeconds(1), false);
            List<String> command = server == Contender.FLOOR
                    ? ServerCommands.floor(plan)
                    : ServerCommands.backend(plan, "--offer-timeout", "PT1H");
            try (ServerProcess process = ServerProcess.start(command);
                    IdleClients clients = mode == LoadMode.DESCRIPTOR
                            ? IdleClients.handedOff(socket)
                            : IdleClients.connected(socket)) {
                long sockets = process.openSockets();
                clients.open(FIRST_CONNECTIONS);
                MemoryUse before = memoryOf(process, sockets + FIRST_CONNECTIONS);
                clients.open(connections);
                MemoryUse after = memoryOf(process, sockets + FIRST_CONNECTIONS + connections);
                return new PerConnection(
                        (double) (after.heap() - before.heap()) / connections,
                        (double) (after.direct() - before.direct()) / connections);
            }
        }
    }

    /** Once the server has accepted, or adopted, all that the clients have opened. */
    private static MemoryUse memoryOf(ServerProcess server, long sockets) throws IOException {
        server.awaitOpenSockets(sockets);
        return JSON.readValue(server.ask(ParentProcess.MEMORY), MemoryUse.class);
    }
}
