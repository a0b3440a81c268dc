package io.handoff.reliability.sweep;

import java.util.List;

/**
 * What came of one injection.
 *
 * @param injection what was made to fail
 * @param fate what became of the client
 * @param outcome what the broker was told
 * @param violations what must not be; empty if all was well
 */
record Result(Injection injection, SweptClient.Fate fate, String outcome, List<String> violations) {

    /** Who served the client, in a word or two. */
    String ending() {
        if (!violations.isEmpty()) {
            return "**" + String.join("; ", violations) + "**";
        }
        if (fate.answers().isEmpty()) {
            return "closed";
        }
        return fate.server().title() + (fate.isServed() ? "" : ", then closed");
    }
}
