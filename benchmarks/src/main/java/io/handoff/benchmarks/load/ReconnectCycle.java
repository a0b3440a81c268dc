package io.handoff.benchmarks.load;

import java.io.IOException;

/** {@link LoadMode#RECONNECT}: one echo on each connection. */
final class ReconnectCycle extends DialingCycle {

    private final Echo echo = new Echo();

    ReconnectCycle(LoadContext context) {
        super(context);
    }

    @Override
    void connected(PolledSocket connection) throws IOException {
        echo.send(connection.fd());
        connection.awaitInput(context().loop());
    }

    @Override
    void readable() throws IOException {
        if (echo.receive(connection().fd())) {
            complete();
        }
    }
}
