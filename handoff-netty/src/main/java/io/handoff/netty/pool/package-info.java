/**
 * Several backends of one service: which one a client is handed to, and which one next if that does not take it.
 *
 * <p><b>Belongs here:</b> the pool and its settings, which sockets there are, the choice among them, what an attempt at each came to.
 * <b>Does not:</b> how a client is handed to one backend, and when it is left alone after failures, which is {@code broker}'s.
 *
 * <p><b>Threading.</b> A {@link io.handoff.netty.pool.HandoffPool} may be used from any thread. Backends are chosen on the event loop
 * of the client, which looks at the files of the sockets, too.
 *
 * <p><b>Ownership.</b> As in {@code broker}: {@link io.handoff.netty.pool.PoolOutcome#outcome()} says who has the connection. Nothing
 * here owns a descriptor.
 *
 * <p><b>Knows</b> {@code token}, {@code descriptor}, {@code wire} and {@code broker}.
 */
@NullMarked
package io.handoff.netty.pool;

import org.jspecify.annotations.NullMarked;
