package io.handoff.netty;

import java.nio.file.Path;
import java.time.Duration;

/** The settings of a {@link HandoffBroker}; {@link HandoffBroker.Builder} documents and validates each. */
record HandoffBrokerConfig(
        Path backendSocket,
        Duration timeout,
        int maxInFlight,
        int maxFailures,
        Duration failureWindow,
        boolean readyEvent,
        SocketCalls calls) {}
