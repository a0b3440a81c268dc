/**
 * Looks at what a client says first, and reads none of it: what it speaks, and which server it wants. A broker decides by that where
 * to hand the connection off.
 *
 * <p><b>Belongs here:</b> the wait for a client's first bytes, the pipelines of Netty's handlers that tell what they are, and the form
 * in which names are told. <b>Does not:</b> routes, and what becomes of the client.
 *
 * <p><b>Threading.</b> A {@link io.handoff.netty.preface.PrefacePeeker} may be used from any thread. Each look runs on the event loop of
 * its client.
 *
 * <p><b>Ownership.</b> The client's channel stays the program's. While its first bytes are awaited it is out of epoll; when the future is
 * complete it is as it came.
 *
 * <p><b>Knows</b> {@code token} and {@code descriptor}.
 */
@NullMarked
package io.handoff.netty.preface;

import org.jspecify.annotations.NullMarked;
