package io.handoff.netty.answer;

import io.handoff.netty.wire.HandoffAnswer;

/**
 * Goes up the pipeline when an ACK could not be written. Not API.
 *
 * @param answer what the ACK would have said
 */
public record AckFailure(HandoffAnswer answer) {}
