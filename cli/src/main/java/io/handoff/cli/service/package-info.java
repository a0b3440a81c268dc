/**
 * What a command does that serves until it is told to stop: it sends back what comes, shows its metrics, and heeds signals.
 *
 * <p><b>Belongs here:</b> what backend and broker have in common towards clients and towards the system. <b>Does not:</b>
 * anything of a handoff.
 *
 * <p><b>Knows</b> no other room.
 */
@NullMarked
package io.handoff.cli.service;

import org.jspecify.annotations.NullMarked;
