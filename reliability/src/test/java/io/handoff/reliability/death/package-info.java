/**
 * The death of a broker or a backend by SIGKILL, with handoffs standing at every step: no byte of a client is lost, doubled
 * or moved, and nothing is left in the process that survives.
 *
 * <p>The two processes, the steps and what makes a handoff stand at one belong here. A connection that is broken off without a
 * death belongs in {@code soak}.
 */
package io.handoff.reliability.death;
