package io.handoff.reliability.death;

/** How a client's connection leaves the broker. */
enum Way {
    /** Handed off, with nothing but the descriptor. */
    HANDOFF("handoffs"),

    /** Moved by a takeover, with the number that is due next as its state, and with the bytes of a number that has come in part. */
    TAKEOVER("takeovers with state");

    private final String title;

    Way(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
