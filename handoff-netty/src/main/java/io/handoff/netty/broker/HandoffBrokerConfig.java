package io.handoff.netty.broker;

import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.ChannelHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * How one backend is handed connections; {@link HandoffBrokerBuilder} documents and validates each setting. Not API.
 *
 * @param backendSocket where it listens
 * @param connectTimeout how long a backend that is too busy is waited for before it has been sent anything
 * @param maxInFlight handoffs to it at once
 * @param maxFailures failures after which it is left alone
 * @param failureWindow time in which they are counted
 * @param readyEvent whether clients are told
 * @param carryState whether bytes and state may travel with a connection
 * @param vouchedFor handlers that hold no bytes
 * @param calls the system calls
 */
public record HandoffBrokerConfig(
        Path backendSocket,
        Duration connectTimeout,
        int maxInFlight,
        int maxFailures,
        Duration failureWindow,
        boolean readyEvent,
        boolean carryState,
        Predicate<? super ChannelHandler> vouchedFor,
        SocketCalls calls) {}
