package io.handoff.testkit;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class after which a Netty buffer is found that nobody has released. The message has what Netty's leak detector
 * knows of it: where it was touched.
 *
 * <p>{@code @ExtendWith(NoBuffersLeaked.class)} on a class; or for every class of a module: this name in
 * {@code META-INF/services/org.junit.jupiter.api.extension.Extension}, and in {@code junit-platform.properties}
 * {@code junit.jupiter.extensions.autodetection.enabled = true}. A leak is only seen once the collector has found the buffer, which
 * is why it is asked for after each class; one of a class without this extension is blamed on the next that has it.
 *
 * <p>From the first such class on, every buffer of the JVM is watched: the detector's level is {@code PARANOID}, and its listener is this
 * one.
 */
public final class NoBuffersLeaked implements BeforeAllCallback, AfterAllCallback {

    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    /** Called by JUnit. */
    public NoBuffersLeaked() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((type, records) -> LEAKS.add(type + records));
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        collectGarbage();
        // The detector looks at what has been collected when the next buffer is made.
        PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        List<String> leaks = new ArrayList<>(LEAKS);
        LEAKS.clear();
        if (!leaks.isEmpty()) {
            throw new AssertionError("buffers leaked: " + leaks);
        }
    }

    /** Waits until the collector has enqueued what it found unreachable; what that has held on to takes a second round. */
    private static void collectGarbage() throws InterruptedException {
        for (int round = 0; round < 2; round++) {
            ReferenceQueue<Object> queue = new ReferenceQueue<>();
            PhantomReference<Object> canary = new PhantomReference<>(new Object(), queue);
            System.gc();
            if (queue.remove(TimeUnit.SECONDS.toMillis(10)) != canary) {
                throw new AssertionError("garbage is not collected when asked for, so no leak can be found");
            }
        }
    }
}
