package io.handoff.reliability.soak;

import io.handoff.benchmarks.host.MemoryUse;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.observe.ConnectionRefusal;
import io.handoff.netty.observe.HandoffMetrics;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.HandoffWireException;
import io.netty.channel.group.ChannelGroup;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/** Looks at the process that it is in, and at its server. */
record SoakProbe(HandoffServer server, ChannelGroup adopted) {

    private static final String RESIDENT = "VmRSS:";

    /** Counts first: while garbage is collected, offers wait in line. */
    SoakSample sample() throws IOException, ExecutionException, InterruptedException {
        List<String> descriptors = openDescriptors();
        int pending = server.tokens().pendingCount().get();
        int connections = server.metrics().openConnections();
        int clients = adopted.size();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        System.gc();
        return new SoakSample(
                descriptors.size(),
                descriptors.stream().filter(SoakProbe::isSocket).count(),
                pending,
                liveHeap(),
                MemoryUse.directInUse(),
                threads,
                resident(),
                connections,
                clients);
    }

    /** What they are: {@code socket:[4711]}, say. */
    private static List<String> openDescriptors() throws IOException {
        List<String> open = new ArrayList<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                open.add(target(descriptor));
            }
        }
        return open;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            return "closed since it was listed";
        }
    }

    private static boolean isSocket(String target) {
        return target.startsWith("socket:") || target.startsWith("pipe:") || target.startsWith("anon_inode:");
    }

    /** As the last collection has left it: the load goes on, and with it the making of garbage. */
    private static long liveHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
                .sum();
    }

    private static long resident() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            String kibibytes = lines.filter(line -> line.startsWith(RESIDENT))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no " + RESIDENT + " in /proc/self/status"));
            return 1024 * Long.parseLong(kibibytes.replaceAll("\\D", ""));
        }
    }

    /** What the server has counted, but what it has not met. */
    Map<String, Long> counts() {
        HandoffMetrics metrics = server.metrics();
        Map<String, Long> counts = new TreeMap<>();
        counts.put(SoakBackend.ACCEPTED, metrics.offersAccepted());
        counts.put(SoakBackend.ACK_FAILED, metrics.acksFailed());
        for (HandoffRejection.Reason reason : HandoffRejection.Reason.values()) {
            counts.put("rejected " + reason, metrics.offersRejected(reason));
        }
        for (HandoffWireException.Kind kind : HandoffWireException.Kind.values()) {
            counts.put("wire error " + kind, metrics.wireErrors(kind));
        }
        for (ConnectionRefusal refusal : ConnectionRefusal.values()) {
            counts.put("refused " + refusal, metrics.connectionsRefused(refusal));
        }
        counts.values().removeIf(count -> count == 0);
        return counts;
    }
}
