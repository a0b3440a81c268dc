package io.handoff.netty.listening;

import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The descriptors that a service manager has passed to this process under names of the program's own. Each can be taken once: its number
 * is a stranger's afterwards. Safe from any thread. Not API.
 */
public final class PassedDescriptors {

    private static final PassedDescriptors OF_THIS_PROCESS = new PassedDescriptors(SocketActivation.ofThisProcess());

    private final SocketActivation activation;
    private final Set<Integer> taken = new HashSet<>();

    /**
     * A descriptor that was passed.
     *
     * @param name which the program has given it
     * @param descriptor which is the taker's
     */
    public record Named(String name, OwnedDescriptor descriptor) {}

    /**
     * Makes those of a process that has taken none of them.
     *
     * @param activation what was passed
     */
    public PassedDescriptors(SocketActivation activation) {
        this.activation = activation;
    }

    /** {@return those of this process} */
    public static PassedDescriptors ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    /**
     * Tells what was passed, whether it has been taken or not.
     *
     * @return the names, in the order of the descriptors; none if nothing was passed, or to another process
     */
    public List<String> names() {
        return activation.names();
    }

    /**
     * Takes descriptors over.
     *
     * @param isWanted says by the name which
     * @param calls the system calls
     * @return those that nobody has taken before
     * @throws IOException if one of them cannot be: then those that were found are closed
     */
    public synchronized List<Named> take(Predicate<String> isWanted, SocketCalls calls) throws IOException {
        List<String> names = activation.names();
        List<Named> found = new ArrayList<>();
        try {
            for (int index = 0; index < names.size(); index++) {
                int number = activation.first() + index;
                if (isWanted.test(names.get(index)) && taken.add(number)) {
                    // A copy is close-on-exec, which what systemd passes is not.
                    found.add(new Named(names.get(index), calls.duplicate(number)));
                    new FileDescriptor(number).close();
                }
            }
        } catch (IOException e) {
            found.forEach(each -> each.descriptor().close());
            throw e;
        }
        return found;
    }
}
