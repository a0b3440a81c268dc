package io.handoff.benchmarks.proxy;

import io.handoff.benchmarks.host.LineProcess;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** HAProxy in TCP mode, on one thread, as the broker has one event loop. It goes by the name of the server in the ClientHello. */
final class Haproxy implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    /** Ports from here on are below those that Linux gives to clients, who so never have one of them first. */
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 30_000;

    private final int port;
    private final Path configuration;
    private final LineProcess process;

    private Haproxy(int port, Path configuration, LineProcess process) {
        this.port = port;
        this.configuration = configuration;
        this.process = process;
    }

    /** Its name and version, as it tells them. */
    static String version() throws IOException {
        try (LineProcess haproxy = LineProcess.start(List.of("haproxy", "-v"))) {
            // HAProxy version 2.6.12-1+deb12u1 2023/12/16, and the address of the project.
            String[] words = haproxy.nextLine().split(" ", -1);
            return words[0] + " " + words[2];
        }
    }

    /** Starts it before a port of the loopback interface, and waits until it listens. */
    static Haproxy start(int serverPort) throws IOException {
        int port = freePort();
        Path configuration = Files.createTempFile("haproxy", ".cfg");
        Files.writeString(configuration, configuration(port, serverPort));
        // In the foreground; it does not look at its standard input, and so would outlive this process.
        Haproxy started = new Haproxy(
                port,
                configuration,
                LineProcess.start(
                        List.of("setpriv", "--pdeathsig", "KILL", "haproxy", "-db", "-f", configuration.toString())));
        try {
            started.awaitListening();
            return started;
        } catch (IOException e) {
            started.close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        for (int port = FIRST_PORT; port <= LAST_PORT; port++) {
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException e) {
                // Another one has it.
            }
        }
        throw new IOException("no port from " + FIRST_PORT + " to " + LAST_PORT + " is free");
    }

    private static String configuration(int port, int serverPort) {
        return """
                global
                    nbthread 1
                    maxconn 4000
                defaults
                    mode tcp
                    timeout connect 1m
                    timeout client 1h
                    timeout server 1h
                frontend clients
                    bind 127.0.0.1:%d backlog %d
                    tcp-request inspect-delay 1m
                    tcp-request content accept if { req.ssl_hello_type 1 }
                    use_backend servers if { req.ssl_sni -i %s }
                backend servers
                    server echo 127.0.0.1:%d
                """.formatted(port, LoopbackServer.BACKLOG, ClientHello.SERVER_NAME, serverPort);
    }

    private void awaitListening() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try (Socket probe = new Socket()) {
                probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException e) {
                if (!process.handle().isAlive() || System.nanoTime() - deadline > 0) {
                    throw new IOException("HAProxy does not listen at port " + port, e);
                }
                Thread.onSpinWait();
            }
        }
    }

    int port() {
        return port;
    }

    ProcessHandle handle() {
        return process.handle();
    }

    /** Memory that is resident and not of a file (proc_pid_status(5)). */
    long residentBytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.handle().pid()), "status");
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElseThrow(() -> new IOException(status + " has no line RssAnon"));
        }
    }

    @Override
    public void close() throws IOException {
        process.close();
        Files.deleteIfExists(configuration);
    }
}
