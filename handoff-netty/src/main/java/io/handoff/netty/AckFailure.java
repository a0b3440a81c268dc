package io.handoff.netty;

/** Goes up the pipeline when an ACK could not be written. */
record AckFailure(HandoffAcceptance acceptance) {}
