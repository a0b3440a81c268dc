/**
 * Races of threads for a token, in this JVM and without a socket, each a jcstress test: all outcomes that are seen are those of some
 * order of the calls.
 *
 * <p>A class that jcstress runs belongs here, and what starts jcstress and reads its results. A race of connections belongs in {@code
 * token}.
 */
package io.handoff.reliability.token.race;
