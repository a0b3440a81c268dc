package io.handoff.netty.descriptor;

import io.netty.channel.unix.FileDescriptor;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file descriptor that was received, and that somebody has to close: whoever holds this object. It ends in one of two
 * ways, and only once: transferred to a channel, which owns it from then on, or closed. A second end is a bug and throws
 * {@link IllegalStateException}, because the number may be a stranger's by then; none at all is a bug that Netty's leak
 * detection reports, of a sample as with its buffers: to follow each would take two stack traces for each handoff.
 *
 * <p>Passed between threads like any object that is not thread-safe: only with a happens-before.
 */
public final class OwnedDescriptor {

    private static final Logger logger = LoggerFactory.getLogger(OwnedDescriptor.class);

    private static final ResourceLeakDetector<OwnedDescriptor> leakDetector =
            ResourceLeakDetectorFactory.instance().newResourceLeakDetector(OwnedDescriptor.class);

    private final FileDescriptor descriptor;
    private final AtomicBoolean owned = new AtomicBoolean(true);
    private final @Nullable ResourceLeakTracker<OwnedDescriptor> leak;
    private @Nullable DescriptorCounts counts;
    private @Nullable ConnectedSocket checked;

    /** Takes the number of an open descriptor that nobody else is going to close. */
    OwnedDescriptor(int number) {
        descriptor = new FileDescriptor(number);
        leak = leakDetector.track(this);
    }

    /** Counts it, and how it ends. */
    public void countIn(DescriptorCounts counts) {
        this.counts = counts;
        counts.received.increment();
    }

    /** The descriptor, for calls that neither keep nor close it. */
    public FileDescriptor look() {
        if (!owned.get()) {
            throw new IllegalStateException("descriptor " + descriptor.intValue() + " is no longer owned here");
        }
        return descriptor;
    }

    /** Keeps what the check has found it to be. */
    void checkedAs(ConnectedSocket connection) {
        checked = connection;
    }

    /** The connection that it is. To be asked for once the {@link DescriptorCheck} has let it pass. */
    public ConnectedSocket connection() {
        return Objects.requireNonNull(checked, "it is checked first");
    }

    /** Whether it has been neither transferred nor closed yet. */
    public boolean isOwned() {
        return owned.get();
    }

    /**
     * Gives the descriptor to what the constructor makes. If that throws, as the constructors of Netty's channels may
     * without closing it, the descriptor is closed.
     */
    public <C> C transferTo(IntFunction<C> constructor) {
        end();
        C owner;
        try {
            owner = constructor.apply(descriptor.intValue());
        } catch (Throwable e) {
            closeDescriptor();
            throw e;
        }
        if (counts != null) {
            counts.adopted.increment();
        }
        return owner;
    }

    /** Closes the descriptor: this copy of it, which disturbs the connection behind it only if it is the last. */
    public void close() {
        end();
        closeDescriptor();
    }

    private void end() {
        if (!owned.compareAndSet(true, false)) {
            throw new IllegalStateException("descriptor " + descriptor.intValue() + " has ended already");
        }
        if (leak != null) {
            leak.close(this);
        }
    }

    private void closeDescriptor() {
        if (counts != null) {
            counts.closed.increment();
        }
        try {
            descriptor.close();
        } catch (IOException e) {
            // The number is free all the same (close(2)).
            logger.warn("closing a received descriptor failed", e);
        }
    }

    @Override
    public String toString() {
        return "OwnedDescriptor(" + descriptor.intValue() + (owned.get() ? ")" : ", ended)");
    }
}
