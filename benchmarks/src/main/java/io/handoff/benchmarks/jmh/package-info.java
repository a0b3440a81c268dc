/**
 * What a handoff costs in this library, measured with JMH without a socket: {@link io.handoff.benchmarks.jmh.OfferPipeline}
 * against the floor that Netty itself sets, {@link io.handoff.benchmarks.jmh.RawEcho}, and the parts of the way. And the
 * report of such a run.
 *
 * <p>A benchmark of JMH belongs here. What needs a socket belongs in {@code load} or {@code compare}.
 */
@NullMarked
package io.handoff.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
