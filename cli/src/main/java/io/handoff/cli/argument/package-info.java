/**
 * What stands behind the options on a command line: each converter makes a value of a text, or says what it expected.
 *
 * <p><b>Belongs here:</b> the reading of addresses, paths, times, tokens and numbers, and what the help says of their form.
 * <b>Does not:</b> which options a command has, and which of them go together: that stands at the command.
 *
 * <p><b>Knows</b> no other room.
 */
@NullMarked
package io.handoff.cli.argument;

import org.jspecify.annotations.NullMarked;
