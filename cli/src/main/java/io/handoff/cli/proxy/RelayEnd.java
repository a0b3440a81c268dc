package io.handoff.cli.proxy;

import org.jspecify.annotations.Nullable;

/**
 * How a relay has ended.
 *
 * @param connected whether there was a connection to the server
 * @param by who ended it: the first whose input ended, or the broker
 * @param reason what went wrong; null if nothing did
 * @param bytesToServer how many of the client's bytes the server's socket has taken
 * @param bytesToClient how many of the server's bytes the client's socket has taken
 */
public record RelayEnd(boolean connected, By by, @Nullable String reason, long bytesToServer, long bytesToClient) {

    /** Who ends a connection. */
    public enum By {
        CLIENT,
        SERVER,
        BROKER
    }
}
