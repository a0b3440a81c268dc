package io.handoff.spring.boot;

import java.io.Serial;
import java.nio.file.Path;
import java.util.Objects;

/** The handoff server could not start. The cause says why. */
public final class HandoffStartException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** Where it should have listened: a path, which cannot be serialized itself. */
    private final String socket;

    HandoffStartException(Path socket, Throwable cause) {
        super("Unable to serve connections handed off at " + socket, Objects.requireNonNull(cause));
        this.socket = socket.toString();
    }

    /**
     * Tells where it should have listened.
     *
     * @return the path of the socket
     */
    public Path socket() {
        return Path.of(socket);
    }
}
