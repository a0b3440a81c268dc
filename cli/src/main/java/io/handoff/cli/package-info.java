/**
 * The {@code handoff} command. Each of its subcommands has a room of its own: {@code backend}, {@code broker}, {@code offer},
 * {@code doctor} and {@code demo}. Below them are {@code config} and {@code proxy}, which are the broker's, and {@code argument}, {@code report}
 * and {@code service}.
 *
 * <p>Its forms and exit codes are a contract that scripts rely on.
 *
 * <p><b>Belongs here:</b> the command line as a whole: which subcommands there are, the version, and what is said of wrong usage
 * and of failures. <b>Does not:</b> what a subcommand does.
 *
 * <p><b>Knows</b> the five subcommands, and {@code argument}.
 */
@NullMarked
package io.handoff.cli;

import org.jspecify.annotations.NullMarked;
