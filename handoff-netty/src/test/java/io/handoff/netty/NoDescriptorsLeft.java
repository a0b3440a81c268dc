package io.handoff.netty;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that ends with a socket, pipe or epoll descriptor open which was not open when it began. */
final class NoDescriptorsLeft implements BeforeEachCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(NoDescriptorsLeft.class);

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        // The JDK opens a socket of its own along with the first one of the program, and keeps it.
        SocketChannel.open(StandardProtocolFamily.UNIX).close();
        context.getStore(NAMESPACE).put("before", open());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Set<?> before = context.getStore(NAMESPACE).get("before", Set.class);
        await("descriptors opened by the test to be closed")
                .until(
                        () -> {
                            Set<String> left = open();
                            left.removeAll(before);
                            return left;
                        },
                        Set::isEmpty);
    }

    /** What /proc/self/fd shows of kinds that Netty and this library open: {@code 7 -> socket:[4711]}. */
    static Set<String> open() throws IOException {
        Set<String> open = new TreeSet<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                String target = target(descriptor);
                if (target.startsWith("socket:") || target.startsWith("pipe:") || target.startsWith("anon_inode:")) {
                    open.add(descriptor.getFileName() + " -> " + target);
                }
            }
        }
        return open;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            return "closed meanwhile";
        }
    }
}
