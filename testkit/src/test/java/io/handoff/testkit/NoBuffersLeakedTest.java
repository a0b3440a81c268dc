package io.handoff.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

class NoBuffersLeakedTest {

    /** Netty tells of a leak, too. */
    private final Logger detectorsLog = Logger.getLogger(ResourceLeakDetector.class.getName());

    @ExtendWith(NoBuffersLeaked.class)
    static class Leaking {
        @Test
        void shouldForgetABuffer() {
            ByteBufAllocator.DEFAULT.buffer(16).touch("forgotten here");
        }
    }

    @ExtendWith(NoBuffersLeaked.class)
    static class Releasing {
        @Test
        void shouldReleaseABuffer() {
            ByteBufAllocator.DEFAULT.buffer(16).release();
        }
    }

    @Test
    void shouldFailAClassThatLeaksABuffer() {
        detectorsLog.setUseParentHandlers(false);
        try {
            assertThat(ExtensionRun.failuresOf(Leaking.class))
                    .singleElement()
                    .asString()
                    .startsWith("buffers leaked: [ByteBuf")
                    .contains("forgotten here");
            assertThat(ExtensionRun.failuresOf(Releasing.class)).isEmpty();
        } finally {
            detectorsLog.setUseParentHandlers(true);
        }
    }
}
