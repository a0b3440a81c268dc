/**
 * What a handoff costs in this library, measured with JMH without a socket: {@link io.handoff.benchmarks.OfferPipeline}
 * against the floor that Netty itself sets, {@link io.handoff.benchmarks.RawEcho}, and the parts of the way.
 */
@NullMarked
package io.handoff.benchmarks;

import org.jspecify.annotations.NullMarked;
