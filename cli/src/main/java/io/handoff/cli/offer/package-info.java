/**
 * The command {@code handoff offer}: one offer to a backend, with a connection or without, and its answer.
 *
 * <p><b>Belongs here:</b> its options, the making of an offer, the client that is both ends of its connection, and what can
 * come of it. <b>Does not:</b> what a series of offers tells of a backend, which is in {@code doctor}.
 *
 * <p><b>Threading.</b> Calls wait for the answer; its connection lives on an event loop of its own.
 *
 * <p><b>Ownership.</b> Whoever makes an {@link io.handoff.cli.offer.OfferClient} or an {@link io.handoff.cli.offer.OwnClient} closes
 * it.
 *
 * <p><b>Knows</b> {@code argument} and {@code report}.
 */
@NullMarked
package io.handoff.cli.offer;

import org.jspecify.annotations.NullMarked;
