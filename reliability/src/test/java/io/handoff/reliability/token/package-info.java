/**
 * Peers that may connect and are after tokens: they replay them, steal them, guess them, carry those of others, and measure how long a
 * refusal takes.
 *
 * <p>An attack over a socket belongs here. Calls that race for a token without a socket belong in {@code token.race}.
 */
package io.handoff.reliability.token;
