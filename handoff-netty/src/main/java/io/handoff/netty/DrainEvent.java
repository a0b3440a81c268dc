package io.handoff.netty;

/** Travels through a control connection's pipeline behind the last offer that a closing server still answers. */
enum DrainEvent {
    INSTANCE
}
