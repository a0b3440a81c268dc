package io.handoff.benchmarks.compare.contender;

import com.fasterxml.jackson.annotation.JsonValue;
import io.handoff.benchmarks.load.LoadMode;
import java.time.Duration;

/** Who is measured. */
public enum Contender {
    /** This library's server, with one loop for offers and adopted connections. */
    OURS("handoff-netty"),
    /** The same on two loops. */
    OURS_TWO_LOOPS("handoff-netty, 2 loops"),
    /** The reference implementation. */
    REFERENCE("reference"),
    /** The {@link FloorServer}. */
    FLOOR("floor on Netty"),
    /** What the kernel takes, and a C program that parses the offers: {@code floor.c}. */
    FLOOR_IN_C("floor in C"),
    /** A plain echo server, to which a client connects anew where nothing is handed over. */
    RECONNECT("reconnect");

    private static final Duration NATIVE_WARM_UP = Duration.ofSeconds(1);

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

    /** Whether it runs on a JVM, and so can be asked what {@code ParentProcess} answers. */
    public boolean isJvm() {
        return this != REFERENCE && this != FLOOR_IN_C;
    }

    /** How long it has to be under load before it is measured. What no JIT compiler compiles needs no longer than a second. */
    public Duration warmUp(Duration ofJvm) {
        return isJvm() || ofJvm.compareTo(NATIVE_WARM_UP) < 0 ? ofJvm : NATIVE_WARM_UP;
    }

    /** Whether its ACK is the same for every offer. */
    public boolean answersAnything() {
        return this == FLOOR;
    }
}
