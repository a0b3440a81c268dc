package io.handoff.netty.descriptor;

import io.netty.channel.Channel;

/**
 * Whether the Netty on the class path is new enough. With Netty 4.1, which another dependency may bring, everything would end in a
 * {@link NoClassDefFoundError} that names none of both. Not API.
 */
public final class NettyVersion {

    /** Netty 4.1 has no such class. */
    private static final String SINCE_4_2 = "io.netty.channel.IoHandler";

    private NettyVersion() {}

    /**
     * Checks it.
     *
     * @param user what needs Netty, to begin the message
     * @throws UnsupportedOperationException if Netty is older than 4.2
     */
    public static void require(String user) {
        try {
            Class.forName(SINCE_4_2, false, NettyVersion.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            // Null where the jar has lost its manifest, as when several were made one.
            String found = Channel.class.getPackage().getImplementationVersion();
            throw new UnsupportedOperationException(
                    user + " needs Netty 4.2 (4.2.15.Final or newer), but the class path has "
                            + (found == null ? "an older one" : "Netty " + found)
                            + "; import io.netty:netty-bom of a newer version before whatever brings that one",
                    e);
        }
    }
}
