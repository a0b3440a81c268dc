/**
 * Connections without a successor yet: left with the service manager while no release of the program runs, and taken back by the next.
 *
 * <p><b>Belongs here:</b> what is stored with the manager under which name, whether the manager has it, and what becomes of it at the next
 * start. <b>Does not:</b> how a channel is held ({@code broker}) or made of a descriptor ({@code adoption}); when a connection may go, which
 * the program says.
 *
 * <p><b>Threading.</b> A {@link io.handoff.netty.parking.ParkedConnections} may be used from any thread. While connections are parked or
 * taken back, a thread of its own waits for the manager. The program is asked about a connection on the connection's event loop.
 *
 * <p><b>Ownership.</b> A connection is the program's until the manager has it together with its state. What the manager has is the
 * next process', which removes it from there when it has taken it.
 *
 * <p><b>Knows</b> {@code token}, {@code wire}, {@code descriptor}, {@code observe}, {@code adoption}, {@code listening}, {@code broker} and
 * {@code takeover}.
 */
@NullMarked
package io.handoff.netty.parking;

import org.jspecify.annotations.NullMarked;
