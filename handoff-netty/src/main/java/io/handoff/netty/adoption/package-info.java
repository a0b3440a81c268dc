/**
 * Makes a channel of a received descriptor: sets it up with the program's initializer, and holds it until the broker knows that the
 * connection was accepted.
 *
 * <p><b>Belongs here:</b> what happens to a client's connection between its arrival and its {@code channelActive}; the channel of an
 * adopted connection, and its socket options. <b>Does not:</b> offers and answers. {@code answer} decides whether a
 * connection is adopted.
 *
 * <p><b>Threading.</b> An adoption begins on the event loop of the handoff connection. The channel and the program's handlers live on
 * an event loop of the program's.
 *
 * <p><b>Ownership.</b> A {@link io.handoff.netty.adoption.CarriedDescriptor} belongs to the handoff connection that brought it. When
 * adoption begins, the channel owns the descriptor. If adoption fails, this copy is closed, and the connection is as it came: no byte
 * was read or written, and no option of the socket was changed.
 *
 * <p><b>Knows</b> {@code token}, {@code wire}, {@code descriptor} and {@code observe}.
 */
@NullMarked
package io.handoff.netty.adoption;

import org.jspecify.annotations.NullMarked;
