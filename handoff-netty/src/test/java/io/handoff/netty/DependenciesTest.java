package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.protobuf.ProtobufDecoder;
import org.junit.jupiter.api.Test;

/** What the library brings along. All its tests run on this class path. */
class DependenciesTest {

    @Test
    void shouldBringNettysProtobufHandlersWithoutTheAbandonedJarThatSomeOfThemNeed() {
        assertThat(ProtobufDecoder.class).isNotNull();
        assertThatThrownBy(() -> Class.forName("com.google.protobuf.nano.MessageNano"))
                .isInstanceOf(ClassNotFoundException.class);
    }
}
