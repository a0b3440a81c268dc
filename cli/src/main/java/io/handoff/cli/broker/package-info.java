/**
 * The command {@code handoff broker}: it accepts clients, finds the service of each, hands it to a backend, and does with those that
 * nobody takes what its settings say.
 *
 * <p><b>Belongs here:</b> its options, the sockets at which clients connect, the way of a client from one decision to the next, the
 * replacing of settings while it runs, and what is reported of each client. <b>Does not:</b> the reading of the file, which is in {@code
 * config}; the bytes of clients that are proxied, which are in {@code proxy}; the one offer of {@code handoff offer}, which has no
 * clients but its own.
 *
 * <p><b>Threading.</b> A client is confined to its event loop, from which it is reported. Settings are applied, and listeners closed, on
 * the thread of the signal.
 *
 * <p><b>Ownership.</b> A client is the broker's until a backend has accepted it, or it is closed, or a relay has it. A listener owns its
 * socket and removes its file. What one reading of the file says is immutable, and is kept by the clients that came under it.
 *
 * <p><b>Knows</b> {@code config}, {@code proxy}, {@code argument}, {@code report} and {@code service}.
 */
@NullMarked
package io.handoff.cli.broker;

import org.jspecify.annotations.NullMarked;
