/**
 * An hour of mixed load on one backend: every kind of handoff, good and bad, must end as it should each time, and heap, direct memory,
 * descriptors and threads must be flat.
 *
 * <p>A kind of handoff that the load mixes in belongs here, and what is sampled and judged. A load that has a bound of its own
 * belongs in {@code flood}.
 */
package io.handoff.reliability.soak;
