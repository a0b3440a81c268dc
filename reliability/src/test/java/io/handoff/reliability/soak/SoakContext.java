package io.handoff.reliability.soak;

import io.handoff.reliability.RawBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the cases of the load need.
 *
 * @param backend the handoff socket
 * @param tcp where clients reach the broker over TCP
 * @param living the connections that stay open for a while
 * @param offerTimeout the backend's deadline for an offer
 */
record SoakContext(Path backend, SoakTcpListener tcp, SoakLiving living, Duration offerTimeout)
        implements AutoCloseable {

    static SoakContext of(Path backend, SoakSettings settings) throws IOException {
        return new SoakContext(
                backend, new SoakTcpListener(), new SoakLiving(settings.living()), settings.offerTimeout());
    }

    RawBroker dial() throws IOException {
        return RawBroker.dial(backend);
    }

    @Override
    public void close() throws IOException {
        try (tcp) {
            living.close();
        }
    }
}
