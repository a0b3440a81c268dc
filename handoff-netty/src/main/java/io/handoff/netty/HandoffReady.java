package io.handoff.netty;

/**
 * Tells a client, on its own connection, that a backend has taken the connection over (WIRE §9).
 *
 * @param acceptance the backend's answer, which the client gets to see
 */
public record HandoffReady(HandoffAcceptance.Accepted acceptance) {}
