/**
 * A closed-loop load generator for handoff sockets: {@link io.handoff.benchmarks.load.LoadGenerator}, and the command
 * around it.
 */
@NullMarked
package io.handoff.benchmarks.load;

import org.jspecify.annotations.NullMarked;
