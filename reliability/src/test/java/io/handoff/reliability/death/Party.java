package io.handoff.reliability.death;

/** The two processes of a handoff, either of which may die. */
enum Party {
    BROKER,
    BACKEND;

    Party other() {
        return this == BROKER ? BACKEND : BROKER;
    }

    String title() {
        return this == BROKER ? "broker" : "backend";
    }
}
