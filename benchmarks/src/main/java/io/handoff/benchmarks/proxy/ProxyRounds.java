package io.handoff.benchmarks.proxy;

import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Measures the ways in turn, again and again, each time with new processes, so that what the compiler or the machine
 * happened to do does not stay with one of them.
 *
 * @param ways to be measured, every other round the other way round
 * @param clients how many at a time, one number after the other
 * @param warmUp of new processes
 * @param duration of each measurement; a quarter of it goes before, uncounted
 * @param idleConnections to tell their memory by
 * @param log told of every measurement
 */
record ProxyRounds(
        List<Way> ways,
        List<Integer> clients,
        Duration warmUp,
        Duration duration,
        int idleConnections,
        PrintStream log) {

    private static final int WARM_UP_CLIENTS = 64;

    /** Makes classes load and pools fill before memory is looked at. */
    private static final int FIRST_CONNECTIONS = 100;

    private static final int ECHO_TIMEOUT_MILLIS = 60_000;

    ProxyResults run(int rounds) throws IOException {
        List<Sample> samples = new ArrayList<>();
        List<Idle> idle = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (Way way : order(round)) {
                samples.addAll(underLoad(round, way));
                idle.add(idle(round, way));
            }
        }
        return new ProxyResults(samples, idle);
    }

    List<Way> order(int round) {
        List<Way> order = new ArrayList<>(ways);
        if (round % 2 == 0) {
            Collections.reverse(order);
        }
        return order;
    }

    private List<Sample> underLoad(int round, Way way) throws IOException {
        List<Sample> samples = new ArrayList<>();
        try (Servers servers = Servers.start(way)) {
            warmUp(servers);
            for (Load load : Load.values()) {
                for (int count : clients) {
                    Sample sample = measure(servers, round, way, load, count);
                    log.printf(
                            "round %d, %s, %s, %d at a time: %,.0f/s, p50 %,.0f µs, CPU %,.1f µs, errors %d%n",
                            round,
                            way.title(),
                            load.title(),
                            count,
                            sample.perSecond(),
                            sample.p50Micros(),
                            sample.cpuMicros(),
                            sample.errors());
                    samples.add(sample);
                }
            }
        }
        return samples;
    }

    /** With connections, each of which has a request, too. */
    private void warmUp(Servers servers) throws IOException {
        try (Clients warming = Clients.start(servers.port(), Load.CONNECTIONS, WARM_UP_CLIENTS)) {
            warming.count(warmUp);
        }
    }

    private Sample measure(Servers servers, int round, Way way, Load load, int count) throws IOException {
        try (Clients measured = Clients.start(servers.port(), load, count)) {
            measured.count(duration.dividedBy(4));
            Duration cpuBefore = servers.cpu();
            long start = System.nanoTime();
            Clients.Counted counted = measured.count(duration);
            double seconds = (System.nanoTime() - start) / 1e9;
            Duration cpu = servers.cpu().minus(cpuBefore);
            Histogram took = counted.nanos();
            return new Sample(
                    round,
                    way,
                    load,
                    count,
                    took.getTotalCount() / seconds,
                    took.getValueAtPercentile(50) / 1e3,
                    took.getValueAtPercentile(99) / 1e3,
                    cpu.toNanos() / 1e3 / took.getTotalCount(),
                    counted.errors());
        }
    }

    private Idle idle(int round, Way way) throws IOException {
        List<Socket> connections = new ArrayList<>();
        try (Servers servers = Servers.start(way)) {
            connect(servers, FIRST_CONNECTIONS, connections);
            long before = servers.memoryBytes();
            connect(servers, idleConnections, connections);
            return new Idle(round, way, (double) (servers.memoryBytes() - before) / idleConnections);
        } finally {
            for (Socket connection : connections) {
                connection.close();
            }
        }
    }

    /** Each gets an echo, so that it is where it will be served. */
    private static void connect(Servers servers, int count, List<Socket> connections) throws IOException {
        byte[] hello = ByteBufUtil.getBytes(ClientHello.create());
        for (int i = 0; i < count; i++) {
            Socket connection = new Socket(InetAddress.getLoopbackAddress(), servers.port());
            connections.add(connection);
            connection.setSoTimeout(ECHO_TIMEOUT_MILLIS);
            connection.getOutputStream().write(hello);
            if (!Arrays.equals(connection.getInputStream().readNBytes(hello.length), hello)) {
                throw new IOException("a connection was closed without an echo");
            }
        }
    }
}
