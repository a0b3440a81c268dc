package io.handoff.testkit;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that ends with a socket, pipe or epoll descriptor open that was not open when it began. It waits for ten
 * seconds, for much is closed by event loops and by other processes.
 *
 * <p>{@code @ExtendWith(NoDescriptorsLeft.class)}, on a class or a method. What the test opens has to be closed by the test, or
 * by an {@code @AfterEach} method; what lives as long as the class, such as an event loop, has to be open before the test.
 * Tests that run at the same time in the same JVM are not told apart.
 */
public final class NoDescriptorsLeft implements BeforeEachCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(NoDescriptorsLeft.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 10;

    private final Duration patience;

    /** Called by JUnit. */
    public NoDescriptorsLeft() {
        this(PATIENCE);
    }

    NoDescriptorsLeft(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        // The JDK opens a socket of its own along with the first one of the program, and keeps it.
        SocketChannel.open(StandardProtocolFamily.UNIX).close();
        context.getStore(NAMESPACE).put("before", OpenDescriptors.here());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException, InterruptedException {
        Set<?> before = Objects.requireNonNull(context.getStore(NAMESPACE).get("before", Set.class));
        long start = System.nanoTime();
        Set<String> left = openedSince(before);
        while (!left.isEmpty() && System.nanoTime() - start < patience.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            left = openedSince(before);
        }
        if (!left.isEmpty()) {
            throw new AssertionError("descriptors left open by the test: " + left);
        }
    }

    private static Set<String> openedSince(Set<?> before) throws IOException {
        Set<String> open = OpenDescriptors.here();
        open.removeAll(before);
        return open;
    }
}
