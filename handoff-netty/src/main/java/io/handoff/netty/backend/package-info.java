/**
 * The backend's side: a server on a Unix-domain socket that takes over the connections which brokers hand it.
 *
 * <p><b>Belongs here:</b> the server and its settings, a listening channel of it for frameworks, who may connect, the
 * receiving of the 16 bytes and the descriptor, the cap on connections, and closing. <b>Does not:</b> the listening socket and its
 * file, which are in {@code listening}; what happens to an offer, which
 * is in {@code answer}; what happens to the connection that came with it, which is in {@code adoption}.
 *
 * <p><b>Threading.</b> A {@link io.handoff.netty.backend.HandoffServer} may be used from any thread. Everything else runs on the
 * control loops, but for the timers of closing.
 *
 * <p><b>Ownership.</b> The server owns its socket, the socket's file, and an event loop of its own if the program gave none. Event
 * loops of the program are never shut down here.
 *
 * <p><b>Knows</b> every room but {@code broker}.
 */
@NullMarked
package io.handoff.netty.backend;

import org.jspecify.annotations.NullMarked;
