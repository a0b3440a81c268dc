package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptFailureHandlerTest {

    private final RecordingListener listener = new RecordingListener();
    private final AcceptFailureHandler handler = new AcceptFailureHandler(listener);
    private final EmbeddedChannel acceptor = new EmbeddedChannel(handler);

    @Test
    void shouldAcceptNothingForASecondWhenAcceptFails() {
        acceptor.freezeTime();
        IOException failure = new IOException("Too many open files");

        acceptor.pipeline().fireExceptionCaught(failure);

        assertThat(acceptor.config().isAutoRead()).isFalse();
        assertThat(listener.acceptFailures).containsExactly(failure);
        advanceMillis(999);
        assertThat(acceptor.config().isAutoRead()).isFalse();
        advanceMillis(1);
        assertThat(acceptor.config().isAutoRead()).isTrue();
        assertThat(handler.lastFailure()).isSameAs(failure);
        assertThat(acceptor.finish()).isFalse();
    }

    @Test
    void shouldLeaveAnyOtherExceptionToTheNextHandler() {
        acceptor.pipeline().fireExceptionCaught(new IllegalStateException("of this test"));

        assertThatThrownBy(acceptor::checkException).hasMessage("of this test");
        assertThat(acceptor.config().isAutoRead()).isTrue();
        assertThat(listener.acceptFailures).isEmpty();
        assertThat(handler.lastFailure()).isNull();
        assertThat(acceptor.finish()).isFalse();
    }

    private void advanceMillis(int millis) {
        acceptor.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        acceptor.runPendingTasks();
    }
}
