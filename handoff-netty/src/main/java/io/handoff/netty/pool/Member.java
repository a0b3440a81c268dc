package io.handoff.netty.pool;

import io.handoff.netty.broker.Destination;
import java.nio.file.Path;

/**
 * One backend of a pool, for as long as its socket is the same: one that starts again begins without failures.
 *
 * @param file its socket
 * @param destination how it is handed connections
 */
record Member(SocketFile file, Destination destination) {

    Path path() {
        return destination.backend();
    }

    /** Whether its socket is still there, and no other in its place. */
    boolean isThere() {
        return file.equals(SocketFile.at(path()));
    }
}
