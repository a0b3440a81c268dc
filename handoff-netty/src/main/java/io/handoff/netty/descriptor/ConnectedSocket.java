package io.handoff.netty.descriptor;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link DescriptorCheck} has learnt of a client's connection, so that nobody asks the kernel again.
 *
 * @param isUnix whether it is of the Unix domain, and not of TCP
 * @param remote the client's address; null if the client has reset the connection already
 */
public record ConnectedSocket(boolean isUnix, @Nullable SocketAddress remote) {}
