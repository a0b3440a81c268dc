package io.handoff.cli.offer;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether bytes that a client has sent through an adopted connection come back to it. */
enum Echo {
    @JsonProperty("ok")
    OK("echo ok"),
    @JsonProperty("timeout")
    TIMEOUT("but no echo in time"),
    @JsonProperty("closed")
    CLOSED("but the connection was closed without an echo"),
    @JsonProperty("different")
    DIFFERENT("but something else came than an echo");

    private final String text;

    Echo(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
