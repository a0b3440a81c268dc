package io.handoff.reliability.sweep;

import java.util.Locale;

/** The clients that are handed off; the name is the service that each asks for. */
enum ClientKind {
    /** The backend rejects it, and the broker serves it. */
    REJECTED,

    /** The backend accepts and serves it. */
    ACCEPTED,

    /** Has sent all that it will and shut its writing side before it is handed off, and waits for the answer. */
    HALF_CLOSED;

    /** Who serves it when no call fails. */
    Side server() {
        return this == REJECTED ? Side.BROKER : Side.BACKEND;
    }

    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
