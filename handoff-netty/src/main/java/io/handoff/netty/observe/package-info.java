/**
 * What can be seen of a running backend: the program's listener, counts, Micrometer meters, Flight Recorder events and logs.
 *
 * <p><b>Belongs here:</b> everything that is told, and nothing that decides. A new metric, event or log message belongs here, with
 * its row in docs/metrics.md. <b>Does not:</b> anything that changes what happens to a connection.
 *
 * <p><b>Threading.</b> Observers are called on the event loop where something happens, by several loops at a time. Counts may be
 * read from any thread. Nothing here blocks.
 *
 * <p><b>Ownership.</b> Nothing here owns anything. An exception of a listener is logged and changes nothing. No token is ever told.
 *
 * <p><b>Knows</b> {@code token}, {@code wire} and {@code descriptor}.
 */
@NullMarked
package io.handoff.netty.observe;

import org.jspecify.annotations.NullMarked;
