package io.handoff.netty.answer;

/** Travels through a control connection's pipeline behind the last offer that a closing server still answers. Not API. */
public enum DrainEvent {
    /** The one event. */
    INSTANCE
}
