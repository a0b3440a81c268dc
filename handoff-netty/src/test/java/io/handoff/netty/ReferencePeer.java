package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.testkit.OpenDescriptors;
import io.handoff.testkit.StartedProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The reference implementation of the wire in a process of its own: the program in {@code src/it/reference-peer}. Closing
 * it ends the process, and checks that it has printed no token.
 */
final class ReferencePeer implements AutoCloseable {

    private final StartedProcess process;

    private ReferencePeer(StartedProcess process) {
        this.process = process;
    }

    static ReferencePeer start(ReferenceVersion version, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(version.peer()));
        command.addAll(arguments);
        return new ReferencePeer(StartedProcess.start(command));
    }

    /** The whole lines printed so far. */
    List<String> lines() {
        return process.lines();
    }

    /** The same of its standard error, where the reference tells of failures itself. */
    List<String> errorLines() {
        return process.errorLines();
    }

    /** Waits until so many lines are printed. */
    List<String> awaitLines(int count) throws InterruptedException {
        List<String> lines = process.awaitLines(count);
        assertThat(lines).as(process.output()).hasSizeGreaterThanOrEqualTo(count);
        return lines;
    }

    int awaitExit() throws InterruptedException {
        return process.awaitExit();
    }

    /** What it has open now. */
    Set<String> openDescriptors() throws IOException {
        return OpenDescriptors.of(process.handle());
    }

    @Override
    public void close() {
        process.close();
        assertThat(process.output()).doesNotContainPattern("\\p{XDigit}{32}");
    }
}
