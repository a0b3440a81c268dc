package io.handoff.netty.wire;

/**
 * An offer whose frame could not be taken in, but whose broker can be answered. Not API.
 *
 * @param correlationId the broker's number of the exchange
 * @param why what was wrong with the frame
 */
public record OverlongOffer(long correlationId, HandoffWireException why) {}
