/**
 * The broker's side: hands live client connections to a backend.
 *
 * <p><b>Belongs here:</b> the broker and its settings, one handoff from its beginning to its outcome, the client's channel while it is
 * held, the attempts at one backend after the other with their limits, counts and events. <b>Does not:</b> which backend comes next,
 * which is {@code pool}'s; anything that a backend does.
 *
 * <p><b>Threading.</b> A {@link io.handoff.netty.broker.HandoffBroker} may be used from any thread. Each handoff runs on the event
 * loop of its client.
 *
 * <p><b>Ownership.</b> During a handoff the client's channel is held here. {@link io.handoff.netty.broker.HandoffOutcome} says who has
 * the connection afterwards. The control connection to the backend is closed with the outcome.
 *
 * <p><b>Knows</b> {@code token}, {@code wire}, {@code descriptor} and {@code observe}.
 */
@NullMarked
package io.handoff.netty.broker;

import org.jspecify.annotations.NullMarked;
