package io.handoff.reliability.sweep;

/** The event loops whose calls are swept: all that take part in a handoff, in the order in which they do. */
enum SweptLoop {
    BROKER(Side.BROKER, SweptBroker.LOOP, "broker"),
    CONTROL(Side.BACKEND, SweptBackend.CONTROL, "backend, handoff connections"),
    WORKER(Side.BACKEND, SweptBackend.WORKER, "backend, adopted connections");

    private final Side side;
    private final String thread;
    private final String title;

    SweptLoop(Side side, String thread, String title) {
        this.side = side;
        this.thread = thread;
        this.title = title;
    }

    Side side() {
        return side;
    }

    /** How the name of its thread begins. */
    String thread() {
        return thread;
    }

    String title() {
        return title;
    }
}
