package io.handoff.benchmarks.proxy;

import com.fasterxml.jackson.annotation.JsonValue;

/** What clients do, each again and again: that is a closed loop. */
enum Load {
    /** Connect, get one echo, and go. The time is from before the connect to the echo. */
    CONNECTIONS("connections"),
    /** Get one echo after the other on a connection that stays. The time is from the request to its echo. */
    REQUESTS("later requests");

    private final String title;

    Load(String title) {
        this.title = title;
    }

    /** As JSON names it. */
    @JsonValue
    String title() {
        return title;
    }
}
