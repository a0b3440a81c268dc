/**
 * File descriptors: the system calls that Netty does not make, the owner of a received descriptor, the check whether it is a
 * client's connection, and the counts. Not API: everything here may change at any time.
 *
 * <p><b>Belongs here:</b> every native call of the library, and what has to be known about descriptors and about the paths of sockets.
 * <b>Does not:</b> channels, pipelines, and texts for peers. The check answers with words of this room;
 * {@code adoption} asks, and has {@code wire} make a rejection of them.
 *
 * <p><b>Threading.</b> The calls may be made on any thread and do not block. An
 * {@link io.handoff.netty.descriptor.OwnedDescriptor} is used by one thread at a time.
 *
 * <p><b>Ownership.</b> Whoever holds an {@code OwnedDescriptor} transfers it or closes it, once. A call that takes a
 * {@code FileDescriptor} neither keeps nor closes it.
 *
 * <p><b>Knows</b> no other room.
 */
@NullMarked
package io.handoff.netty.descriptor;

import org.jspecify.annotations.NullMarked;
