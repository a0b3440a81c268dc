package io.handoff.netty.broker;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why a handoff failed, where the wire has not said it. Frequent under load: without stack trace. */
final class HandoffBrokerException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean isOurs;

    private HandoffBrokerException(String message, @Nullable Throwable cause, boolean isOurs) {
        super(message, cause);
        this.isOurs = isOurs;
    }

    /** The backend's part. */
    static HandoffBrokerException byBackend(String message) {
        return byBackend(message, null);
    }

    static HandoffBrokerException byBackend(String message, @Nullable Throwable cause) {
        return new HandoffBrokerException(message, cause, false);
    }

    /** Ours, or the client's: it says nothing about the backend. */
    static HandoffBrokerException here(String message) {
        return here(message, null);
    }

    static HandoffBrokerException here(String message, @Nullable Throwable cause) {
        return new HandoffBrokerException(message, cause, true);
    }

    boolean isOurs() {
        return isOurs;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // It does nothing.
    public Throwable fillInStackTrace() {
        return this;
    }
}
