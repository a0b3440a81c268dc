/**
 * The file that {@code handoff broker --config} reads: what can be set, what is set where nothing is said, and what is wrong with
 * it, with line and column.
 *
 * <p><b>Belongs here:</b> the settings as values, the reading of YAML into them, every check that needs nothing but the file, and the
 * commented defaults. <b>Does not:</b> anything that opens a socket or looks at a client.
 *
 * <p><b>Threading.</b> The settings are immutable. A file is read on the calling thread, which waits for the disk, and for the name
 * service where an address has a host name.
 *
 * <p><b>Knows</b> {@code argument}.
 */
@NullMarked
package io.handoff.cli.config;

import org.jspecify.annotations.NullMarked;
