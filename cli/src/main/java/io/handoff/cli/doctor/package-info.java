/**
 * The command {@code handoff doctor}: what is wrong with a handoff socket, in plain words.
 *
 * <p><b>Belongs here:</b> its options, each check and what it may find. <b>Does not:</b> how an offer is made, which is in
 * {@code offer}.
 *
 * <p><b>Threading.</b> One check after the other, on the thread of the command.
 *
 * <p><b>Knows</b> {@code offer}, {@code argument} and {@code report}.
 */
@NullMarked
package io.handoff.cli.doctor;

import org.jspecify.annotations.NullMarked;
