package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.netty.RecordingListener;
import io.handoff.netty.Warns;
import io.netty.channel.ChannelException;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptFailureHandlerTest {

    private boolean isStopped;
    private final RecordingListener listener = new RecordingListener();
    private final AcceptFailureHandler handler = new AcceptFailureHandler(listener, () -> isStopped);
    private final EmbeddedChannel acceptor = new EmbeddedChannel(handler);

    @Warns("cannot accept handoff connections")
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
    void shouldAcceptOnWhenWhatFailedIsOfTheConnectionThatWasAccepted() {
        acceptor.pipeline().fireExceptionCaught(new ChannelException("getsockname(...) failed"));

        assertThat(acceptor.config().isAutoRead()).isTrue();
        assertThat(listener.callFailures)
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessage("getsockname(...) failed"));
        assertThat(listener.acceptFailures).isEmpty();
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

    @Test
    @Warns("cannot accept handoff connections: Too many open files")
    void shouldNotResumeWhatHasBeenStoppedForGood() {
        acceptor.freezeTime();
        acceptor.pipeline().fireExceptionCaught(new IOException("Too many open files"));

        isStopped = true;
        advanceMillis(1000);

        assertThat(acceptor.config().isAutoRead()).isFalse();
    }
}
