package io.handoff.netty;

import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Netty's leak detector, which also remembers what it reported. Named to Netty on the command line of the tests. */
public final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {

    private static final Queue<String> reported = new ConcurrentLinkedQueue<>();

    /** Called by Netty. */
    public RecordingLeakDetector(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    /** Called by Netty. */
    @SuppressWarnings("unused") // Netty looks for it, and passes a parameter that it ignores.
    public RecordingLeakDetector(Class<T> resourceType, int samplingInterval, long maxActive) {
        super(resourceType, samplingInterval);
    }

    static List<String> takeReported() {
        List<String> leaks = new ArrayList<>(reported);
        reported.clear();
        return leaks;
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        reported.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        reported.add(resourceType);
    }
}
