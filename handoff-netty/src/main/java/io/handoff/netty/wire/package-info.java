/**
 * What travels between broker and backend: frames, messages, the checks of both, and the errors of the protocol (WIRE §3 to §5,
 * §8, §9).
 *
 * <p><b>Belongs here:</b> everything that a test can prove with bytes and an {@code EmbeddedChannel} alone: framing, the envelope,
 * validators, encoders, the fast reader of offers. Also the reasons of rejections and the kinds of wire errors, with their texts.
 * <b>Does not:</b> deadlines, the order of answers, sockets, what the program says about an offer.
 *
 * <p><b>Threading.</b> Messages are immutable. A handler with an {@code INSTANCE} is {@code @Sharable}; any other serves one
 * channel, on its event loop. {@link io.handoff.netty.wire.FrameBudget} may be used from any thread.
 *
 * <p><b>Ownership.</b> A handler releases what it does not pass on. Messages hold no buffers.
 *
 * <p><b>Knows</b> {@code token}.
 */
@NullMarked
package io.handoff.netty.wire;

import org.jspecify.annotations.NullMarked;
