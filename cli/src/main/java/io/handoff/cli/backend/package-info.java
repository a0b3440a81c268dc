/**
 * The command {@code handoff backend}: a handoff server that echoes on what it adopts.
 *
 * <p><b>Belongs here:</b> its options, what it reports, and the endpoint of its metrics. <b>Does not:</b> the serving of
 * clients, which is in {@code service}.
 *
 * <p><b>Threading.</b> Reports come from the event loops of the server.
 *
 * <p><b>Ownership.</b> Event loops and endpoint are open until the process ends; the server is closed by the signal that
 * ends it.
 *
 * <p><b>Knows</b> {@code argument}, {@code report} and {@code service}.
 */
@NullMarked
package io.handoff.cli.backend;

import org.jspecify.annotations.NullMarked;
