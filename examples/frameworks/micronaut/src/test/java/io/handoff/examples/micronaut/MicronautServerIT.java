package io.handoff.examples.micronaut;

import io.handoff.examples.harness.Clients;
import io.handoff.examples.harness.ServedConnections;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** The JDK's clients meet Micronaut's server; a broker in a process of its own hands the connections over. */
class MicronautServerIT extends ServedConnections {

    @Override
    protected Served startServer(Path socket) throws Exception {
        int port = Clients.freePort();
        MicronautServer server = new MicronautServer(socket, port);
        return new Served(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), server::stop);
    }

    @Override
    protected String greeting(InetSocketAddress client, InetSocketAddress server) {
        return "hello 127.0.0.1:" + client.getPort() + ", this is 127.0.0.1:" + server.getPort() + "\n";
    }
}
