/**
 * A deployment: moves the connections of a program to its next release, all of them, while both run.
 *
 * <p><b>Belongs here:</b> which connection goes when, what is tried again and how long, waiting for the successor, and what is told of it.
 * <b>Does not:</b> how one connection moves ({@code broker}); what the program knows of one, and when it may go, which the program says.
 *
 * <p><b>Threading.</b> A {@link io.handoff.netty.takeover.HandoffTakeover} may be used from any thread. Its bookkeeping runs on Netty's
 * {@code GlobalEventExecutor}, which outlives the program's loops; the program is asked about a connection on the connection's event loop.
 *
 * <p><b>Ownership.</b> A connection is the program's until the successor has accepted it. What could not move is closed when the time is
 * over, and only then.
 *
 * <p><b>Knows</b> {@code broker}, {@code token} and {@code wire}.
 */
@NullMarked
package io.handoff.netty.takeover;

import org.jspecify.annotations.NullMarked;
