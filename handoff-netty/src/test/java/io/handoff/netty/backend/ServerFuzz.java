package io.handoff.netty.backend;

import io.handoff.netty.FuzzInput;
import io.handoff.netty.SocketProgram;
import io.handoff.netty.answer.HandoffOfferHandler;
import io.handoff.netty.token.HandoffTokenStore;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Fuzzes real servers over real sockets: each input is a program of connections, chunks, descriptors of any kind and number,
 * half-closes, resets and delays. Afterwards no connection, descriptor, buffer or token is left, whatever was answered had
 * been offered, no token was accepted twice, no connection of a client was touched that was not accepted, nothing was logged
 * as a warning, and a good client is served. The profile {@code fuzz} has Jazzer call it, {@link ServerFuzzIT} replays
 * the corpus in {@code src/test/resources/fuzz/server}.
 *
 * <p>Seen to fail, on the corpus alone, with the close of surplus descriptors taken out of {@link DescriptorReceiver}; the
 * end after the one offer about a descriptor out of {@link HandoffOfferHandler}; the release of a body out of {@link
 * CanonicalOfferReader}; and with an ACK for a wire error and an {@code exceptionCaught} that throws or passes on put in.
 * Before the first input already, with the removal of a consumed token taken out of {@link HandoffTokenStore}.
 */
public final class ServerFuzz {

    private static @Nullable FuzzedServers servers;

    private ServerFuzz() {}

    /** Called by Jazzer before the first input. */
    public static void fuzzerInitialize() throws Exception {
        servers = new FuzzedServers();
    }

    /** Called by Jazzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        FuzzedServers servers = running();
        servers.begin();
        SocketProgram program = new SocketProgram(servers);
        program.run(new FuzzInput(input));
        servers.serveGoodClients();
        servers.awaitQuiet();
        program.check();
        servers.checkServers(program.connections());
        program.closeDescriptors();
        servers.checkRest();
    }

    /** Called by Jazzer after the last input. */
    public static void fuzzerTearDown() throws Exception {
        running().close();
        servers = null;
    }

    private static FuzzedServers running() {
        return Objects.requireNonNull(servers, "fuzzerInitialize comes first");
    }
}
