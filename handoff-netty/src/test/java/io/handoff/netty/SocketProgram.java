package io.handoff.netty;

import io.handoff.netty.answer.PipelineScript;
import io.handoff.netty.backend.FuzzedServers;
import io.handoff.netty.token.HandoffToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a neighbour does that a fuzzer has thought of: calls on sockets, one after another. A byte names a thing to do, and
 * those behind it say how.
 */
public final class SocketProgram {

    private static final List<DescriptorKind> KINDS = List.of(DescriptorKind.values());
    private static final int MOST_STEPS = 64;
    private static final int MOST_CONNECTIONS = 6;
    private static final int MOST_DESCRIPTORS = 24;

    /** The most that the kernel takes in one message, SCM_MAX_FD. */
    private static final int MOST_AT_ONCE = 253;

    private final FuzzedServers servers;
    private final List<ProgramConnection> connections = new ArrayList<>();
    private final List<PassedDescriptor> descriptors = new ArrayList<>();
    private boolean hasWaited;

    public SocketProgram(FuzzedServers servers) {
        this.servers = servers;
    }

    public void run(FuzzInput in) throws IOException {
        for (int steps = 0; steps < MOST_STEPS && !in.isEmpty(); steps++) {
            step(in);
        }
        for (ProgramConnection connection : connections) {
            connection.end();
        }
    }

    private void step(FuzzInput in) throws IOException {
        int step = in.next(16);
        if (step == 0) {
            connect(in.next(2));
            return;
        }
        ProgramConnection connection = connection(in);
        if (connection.isClosed()) {
            return;
        }
        switch (step) {
            case 1, 2 -> handOff(connection, in);
            case 3 -> connection.prepare(token(in).toBytes());
            case 4 -> connection.prepare(Frames.offer(token(in), in.next()));
            case 5 -> connection.prepare(in.bytes(in.next()));
            case 6 -> connection.prepare(Frames.framed(in.bytes(in.next())));
            case 7 -> connection.damage(in.next(), in.next());
            case 8 -> connection.send(in.next());
            case 9 -> connection.send(in.next(), descriptors(connection, in));
            case 10 -> connection.shutdown(in.next(3));
            case 11 -> connection.close();
            case 12 -> connection.read();
            case 13 -> pause(in.next(8));
            case 14 -> clientDoes(in);
            default -> waitForTheEnd(connection);
        }
    }

    private ProgramConnection connect(int server) throws IOException {
        if (connections.size() < MOST_CONNECTIONS) {
            connections.add(new ProgramConnection(servers.get(server)));
        }
        return connections.get(connections.size() - 1);
    }

    private ProgramConnection connection(FuzzInput in) throws IOException {
        int index = in.next();
        return connections.isEmpty() ? connect(index % 2) : connections.get(index % connections.size());
    }

    private static HandoffToken token(FuzzInput in) {
        return PipelineScript.TOKENS.get(in.next(PipelineScript.TOKENS.size()));
    }

    /** In the way of the protocol, but for the kind of the descriptor, and the token being one of a few. */
    private void handOff(ProgramConnection connection, FuzzInput in) throws IOException {
        HandoffToken token = token(in);
        connection.prepare(token.toBytes());
        connection.send(0, descriptor(connection, in));
        connection.prepare(Frames.offer(token, in.next()));
        connection.send(0);
    }

    private int[] descriptor(ProgramConnection connection, FuzzInput in) throws IOException {
        if (descriptors.size() == MOST_DESCRIPTORS) {
            return new int[0];
        }
        DescriptorKind kind = KINDS.get(in.next(KINDS.size()));
        PassedDescriptor made = PassedDescriptor.make(kind, connection.broker(), servers.directory());
        descriptors.add(made);
        return new int[] {made.number()};
    }

    private int[] descriptors(ProgramConnection connection, FuzzInput in) throws IOException {
        int count = in.next();
        if (count > MOST_AT_ONCE) {
            return Arrays.stream(descriptor(connection, in))
                    .flatMap(one -> IntStream.generate(() -> one).limit(MOST_AT_ONCE))
                    .toArray();
        }
        int[] all = new int[0];
        for (int i = 0; i < count % 5; i++) {
            int[] one = descriptor(connection, in);
            all = IntStream.concat(Arrays.stream(all), Arrays.stream(one)).toArray();
        }
        return all;
    }

    private static void pause(int times) {
        for (int i = 0; i < times; i++) {
            FuzzedServers.pause();
        }
    }

    private void clientDoes(FuzzInput in) throws IOException {
        List<PassedDescriptor> clients =
                descriptors.stream().filter(PassedDescriptor::hasClient).toList();
        if (clients.isEmpty()) {
            return;
        }
        PassedDescriptor client = clients.get(in.next(clients.size()));
        switch (in.next(4)) {
            case 0 -> client.say(in.bytes(in.next()));
            case 1 -> client.endTalk();
            case 2 -> client.hangUp();
            default -> client.reset();
        }
    }

    /** Once: the deadline of an offer is long compared with all else. */
    private void waitForTheEnd(ProgramConnection connection) throws IOException {
        if (!hasWaited) {
            hasWaited = true;
            connection.readToEnd();
            connection.close();
        }
    }

    public List<ProgramConnection> connections() {
        return connections;
    }

    public void check() throws IOException {
        connections.forEach(ProgramConnection::check);
        if (!servers.hasAdopted()) {
            for (PassedDescriptor descriptor : descriptors) {
                descriptor.checkUntouched();
            }
        }
    }

    public void closeDescriptors() throws IOException {
        for (PassedDescriptor descriptor : descriptors) {
            descriptor.close();
        }
    }
}
