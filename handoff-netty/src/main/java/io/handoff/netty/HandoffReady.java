package io.handoff.netty;

import io.handoff.proto.v1.HandoffAck;

/**
 * Tells a client, on its own connection, that a backend has taken the connection over (WIRE §9).
 *
 * @param ack the backend's accepting answer
 */
public record HandoffReady(HandoffAck ack) {}
