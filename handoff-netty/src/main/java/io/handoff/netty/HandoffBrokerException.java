package io.handoff.netty;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why a handoff failed, where neither the wire nor the system has said it. Frequent under load: without stack trace. */
final class HandoffBrokerException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    HandoffBrokerException(String message) {
        this(message, null);
    }

    HandoffBrokerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // It does nothing.
    public Throwable fillInStackTrace() {
        return this;
    }
}
