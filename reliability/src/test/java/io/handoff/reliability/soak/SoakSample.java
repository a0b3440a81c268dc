package io.handoff.reliability.soak;

/**
 * What the backend's process holds at one time.
 *
 * @param descriptors all that it has open
 * @param sockets those of them that are sockets, pipes or epoll's, and not files of the JVM
 * @param pendingTokens tokens in its store
 * @param heap bytes of live objects, after a collection
 * @param direct bytes outside of the heap that buffers have
 * @param threads of Java
 * @param resident bytes of memory that the process has
 * @param handoffConnections connections of brokers
 * @param adoptedConnections connections of clients
 */
record SoakSample(
        long descriptors,
        long sockets,
        long pendingTokens,
        long heap,
        long direct,
        long threads,
        long resident,
        long handoffConnections,
        long adoptedConnections) {

    /** Whether nothing is left of a load, compared with a sample from before it. */
    boolean isAtRestAs(SoakSample before) {
        return sockets == before.sockets && pendingTokens == 0 && handoffConnections == 0 && adoptedConnections == 0;
    }
}
