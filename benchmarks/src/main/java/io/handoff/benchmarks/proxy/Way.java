package io.handoff.benchmarks.proxy;

import com.fasterxml.jackson.annotation.JsonValue;

/** How a client gets to the server that echoes. */
enum Way {
    /** It connects to the server. */
    DIRECT("direct"),
    /** It connects to HAProxy, which passes on each byte. */
    HAPROXY("HAProxy"),
    /** It connects to a broker, which hands the connection to the server. */
    HANDOFF("handoff");

    private final String title;

    Way(String title) {
        this.title = title;
    }

    /** As the page and JSON name it. */
    @JsonValue
    String title() {
        return title;
    }
}
