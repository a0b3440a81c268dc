/**
 * The listening Unix-domain socket of a server, and its file.
 *
 * <p><b>Belongs here:</b> making the socket or taking one that a service manager has passed, the file at its path, what happens to a stale
 * one, the lock of a start, the options that a passed socket may have, and the channel of a socket that listens. <b>Does not:</b> who may
 * connect, and closing a server, which are in {@code backend}.
 *
 * <p><b>Threading.</b> A {@link io.handoff.netty.listening.ListeningSocket} is made on any thread, which may wait for the disk. Its file may be
 * removed from any thread. The channel lives on one event loop.
 *
 * <p><b>Ownership.</b> A listening socket owns its descriptor until a channel is made of it, which owns it from then on. The file is removed
 * only by who has made it.
 *
 * <p><b>Knows</b> {@code descriptor}.
 */
@NullMarked
package io.handoff.netty.listening;

import org.jspecify.annotations.NullMarked;
