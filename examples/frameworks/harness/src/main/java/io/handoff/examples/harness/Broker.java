package io.handoff.examples.harness;

import io.handoff.testkit.StartedProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** A {@code handoff broker} in a process of its own, in front of a backend. A client that the backend rejects is echoed to. */
public final class Broker implements AutoCloseable {

    private static final String LISTENING = "listening on ";

    private final StartedProcess process;
    private final InetSocketAddress address;

    private Broker(StartedProcess process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts one that takes clients at a port of the loopback address.
     *
     * @param backend the path of the backend's handoff socket
     */
    public static Broker start(Path backend) throws IOException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.handoff.cli.HandoffCommand",
                "broker",
                "--listen",
                "127.0.0.1:0",
                "--backend",
                backend.toString(),
                "--service",
                "example",
                "--timeout",
                "30s");
        StartedProcess process = StartedProcess.startUntil(command, line -> line.startsWith(LISTENING));
        String address = process.nextLine().substring(LISTENING.length()).replaceFirst(" .*", "");
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        return new Broker(process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Where clients connect. */
    public InetSocketAddress address() {
        return address;
    }

    /** How many clients the backend has accepted so far. */
    public long accepted() {
        return count("accepted ");
    }

    /** How many clients the backend has rejected, or could not be reached for. */
    public long servedHere() {
        return count("rejected ") + count("failed ");
    }

    private long count(String kind) {
        return process.lines().stream().filter(line -> line.startsWith(kind)).count();
    }

    /** Stops it, once every handoff has its outcome; what it has printed is complete then. */
    public String stop() throws InterruptedException {
        process.terminate().awaitExit();
        return process.output();
    }

    @Override
    public void close() {
        process.close();
    }
}
