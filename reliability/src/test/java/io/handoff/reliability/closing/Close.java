package io.handoff.reliability.closing;

/** How a backend is closed. */
enum Close {
    /** One that has made its socket file: nobody finds it from then on. */
    OWN_SOCKET("its own"),

    /** One whose socket was passed to it: who connects from then on waits for the next backend. */
    PASSED_SOCKET("passed to it"),

    /** As the first, while it pauses accepting because it had no descriptor left. */
    IN_THE_PAUSE("its own, accepting is paused");

    private final String socket;

    Close(String socket) {
        this.socket = socket;
    }

    /** The backend's socket, for the page. */
    String socket() {
        return socket;
    }
}
