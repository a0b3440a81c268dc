/**
 * One handoff connection on its event loop, from the first frame to its end: each offer is judged, answered in its turn, and in
 * time.
 *
 * <p><b>Belongs here:</b> the handlers of a handoff connection and their order, the judging of offers, the queue of answers,
 * deadlines, the pace of reading, and the program's {@link io.handoff.netty.answer.OfferAdmission}. <b>Does not:</b> how a connection
 * is accepted and opens, which is in {@code backend}; what a frame is, which is in {@code wire}.
 *
 * <p><b>Threading.</b> Each handler serves one connection, on the event loop of that connection. The tokens may live on another.
 *
 * <p><b>Ownership.</b> A handoff connection is closed here, after everything has been answered that is to be answered. An adopted
 * connection is held until its ACK has left; if that fails, it is closed.
 *
 * <p><b>Knows</b> {@code token}, {@code wire}, {@code descriptor}, {@code observe} and {@code adoption}.
 */
@NullMarked
package io.handoff.netty.answer;

import org.jspecify.annotations.NullMarked;
