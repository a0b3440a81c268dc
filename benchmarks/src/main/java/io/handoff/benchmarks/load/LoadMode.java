package io.handoff.benchmarks.load;

/** What the generator does again and again. */
public enum LoadMode {
    /**
     * Hands a connection over, as a broker does it: a fresh connection to the backend, the token with one end of a new
     * socket pair, the offer, its ACK; then, as the client, one write on the other end, and its echo. The latency is that
     * of all of it.
     */
    DESCRIPTOR,
    /**
     * Does the same with this library's broker, which has the connection as a channel on the generator's own event loop: the
     * load is then that of a broker. The latency runs from the making of the socket pair to the echo.
     */
    BROKER,
    /** Makes one offer, without a descriptor, on a fresh connection. The latency runs from the connecting to the ACK. */
    FRESH,
    /**
     * Makes offers without a descriptor on connections that stay open, many of them outstanding on each. The latency is
     * that of one offer, from its sending to its ACK.
     */
    PIPELINED,
    /**
     * Connects to an echo server, writes once and takes the echo: what a client does where nothing is handed over. The
     * latency runs from the connecting to the echo.
     */
    RECONNECT;

    /** Whether each offer comes with a descriptor. */
    public boolean passesDescriptors() {
        return this == DESCRIPTOR || this == BROKER;
    }
}
