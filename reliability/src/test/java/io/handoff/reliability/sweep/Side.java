package io.handoff.reliability.sweep;

/** Who serves a client, and which answer tells so. */
enum Side {
    BROKER('b'),
    BACKEND('B');

    private final char answer;

    Side(char answer) {
        this.answer = answer;
    }

    /** What this side answers to each byte of a client. */
    byte answer() {
        return (byte) answer;
    }

    String title() {
        return this == BROKER ? "broker" : "backend";
    }

    /** Whose answer that is. */
    static Side of(int answer) {
        for (Side side : values()) {
            if (side.answer == answer) {
                return side;
            }
        }
        throw new IllegalArgumentException("no side answers " + answer);
    }
}
