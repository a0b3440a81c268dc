/**
 * A flood of bad connections beside good brokers: what a backend still serves, and the memory and processor time that it
 * takes meanwhile, against the bounds that are promised.
 *
 * <p>A kind of bad connection belongs here. A peer that is after a token belongs in {@code token}, one that mixes with all
 * others for an hour in {@code soak}.
 */
package io.handoff.reliability.flood;
