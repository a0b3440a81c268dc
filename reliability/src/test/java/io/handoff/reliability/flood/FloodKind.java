package io.handoff.reliability.flood;

import java.time.Duration;

/** What each connection of a flood does. */
enum FloodKind {
    /** Sends nothing. */
    SILENT("sends nothing", Duration.ZERO),

    /** Sends good offers, but too slowly for the deadline of the first. */
    DRIP("sends a byte a second", Duration.ofSeconds(1)),

    /** Announces a frame of 16 MiB, and sends 15 MiB of it. */
    LARGE_FRAME("sends 15 MiB of a frame of 16 MiB", Duration.ZERO),

    /** Makes offer after offer, as fast as they are taken. */
    UNREAD_ACKS("never reads its ACKs", Duration.ZERO);

    private static final int MIB = 1 << 20;

    private final String description;
    private final Duration pause;

    FloodKind(String description, Duration pause) {
        this.description = description;
        this.pause = pause;
    }

    String description() {
        return description;
    }

    /** Between two bytes; zero where as much is written as the socket takes. */
    Duration pause() {
        return pause;
    }

    /** Whether its deadline starts anew as it goes on. */
    boolean hasOffersAnswered() {
        return this == UNREAD_ACKS;
    }

    FloodBytes bytes() {
        return switch (this) {
            case SILENT -> FloodBytes.none();
            case DRIP, UNREAD_ACKS -> FloodBytes.offersWithoutEnd();
            case LARGE_FRAME -> FloodBytes.partOfFrame(16 * MIB, 15 * MIB);
        };
    }
}
