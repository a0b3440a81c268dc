/**
 * A closed-loop load generator for handoff sockets: {@link io.handoff.benchmarks.load.LoadGenerator}, and the command
 * around it.
 *
 * <p>What the generator does on a socket belongs here, and what it reports. Servers to be measured belong in {@code
 * compare.contender}.
 */
@NullMarked
package io.handoff.benchmarks.load;

import org.jspecify.annotations.NullMarked;
