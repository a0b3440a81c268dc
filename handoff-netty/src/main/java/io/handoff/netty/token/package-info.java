/**
 * One-time tokens: what a token is, the store of the pending ones, and the policy that says which token an offer has to present
 * (WIRE §6).
 *
 * <p><b>Belongs here:</b> how a token is issued, registered, judged, consumed and revoked, and how long it lives. Also
 * {@link io.handoff.netty.token.Bounds}, which checks the numbers and times that a program sets: it stands in the lowest room, because
 * every room has such settings. <b>Does not:</b> messages, and texts for peers. The store answers with a
 * {@link io.handoff.netty.token.TokenVerdict}; {@code wire} has the text that a broker is told.
 *
 * <p><b>Threading.</b> A {@link io.handoff.netty.token.HandoffTokenStore} belongs to one event loop and has no lock. Other threads
 * use {@link io.handoff.netty.token.HandoffTokens}, which makes the call on that loop. Counts may be read from any thread.
 *
 * <p><b>Ownership.</b> Nothing here holds a descriptor, a buffer or a channel. The store keeps a pending token until it is consumed,
 * revoked or expired.
 *
 * <p><b>Knows</b> no other room.
 */
@NullMarked
package io.handoff.netty.token;

import org.jspecify.annotations.NullMarked;
