package io.handoff.benchmarks.compare.contender;

import com.fasterxml.jackson.annotation.JsonValue;
import io.handoff.benchmarks.load.LoadMode;

/** Who is measured. */
public enum Contender {
    /** This library's server, with one loop for offers and adopted connections. */
    OURS("handoff-netty"),
    /** The same on two loops. */
    OURS_TWO_LOOPS("handoff-netty, 2 loops"),
    /** The reference implementation. */
    REFERENCE("reference"),
    /** The {@link FloorServer}. */
    FLOOR("floor"),
    /** A plain echo server, to which a client connects anew where nothing is handed over. */
    RECONNECT("reconnect");

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    /** As tables, plots and JSON name it. */
    @JsonValue
    public String title() {
        return title;
    }

    /** What the generator does with this one where it does that with the others. */
    public LoadMode mode(LoadMode others) {
        return this == RECONNECT ? LoadMode.RECONNECT : others;
    }

    /** Whether its ACK is the same for every offer. */
    public boolean answersAnything() {
        return this == FLOOR;
    }
}
