package io.handoff.benchmarks.proxy;

import io.handoff.benchmarks.load.EchoHandler;

/** The server that clients and HAProxy connect to: on one event loop, as the backend of a handoff is. */
final class EchoServer {

    private EchoServer() {}

    /** Serves until the standard input ends. */
    public static void main(String[] args) throws Exception {
        LoopbackServer.serve(EchoHandler.INSTANCE, true);
    }
}
