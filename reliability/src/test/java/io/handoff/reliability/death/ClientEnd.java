package io.handoff.reliability.death;

/** How a client's stream may end when a process dies; anything else is a violation. */
enum ClientEnd {
    /** Everything that it sent, before the death and after, came back once and in order. */
    SERVED_ON,

    /** Its connection was closed, and what had come back until then was right. */
    CLOSED
}
