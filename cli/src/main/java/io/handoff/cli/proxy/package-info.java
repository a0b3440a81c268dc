/**
 * Passing bytes on between a client and a server that speaks no handoff.
 *
 * <p><b>Belongs here:</b> the connection to the server, the bytes in both directions with back pressure and half-closure, and who ended
 * it. <b>Does not:</b> who is proxied, and why; and anything of a handoff.
 *
 * <p><b>Threading.</b> All of one relay runs on the event loop of its client.
 *
 * <p><b>Ownership.</b> A relay owns the connection to the server, and the client's channel, from its start on. It closes both.
 *
 * <p><b>Sockets rather than channels.</b> On the end of the input Netty's epoll channels read all there is, whether the other side has room
 * or not, and leave epoll; a later write that meets a full socket then fails. A relay needs the opposite: to read only what
 * it has room for, and to go on writing long after. So it drives both sockets itself, edge-triggered, on Netty's loop.
 *
 * <p><b>Knows</b> no other room.
 */
@NullMarked
package io.handoff.cli.proxy;

import org.jspecify.annotations.NullMarked;
