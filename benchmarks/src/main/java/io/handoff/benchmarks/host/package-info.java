/**
 * The machine that is measured on, and processes on it: what they are, how they are started and asked, and what they use.
 *
 * <p>It knows nothing of handoffs, and no other room.
 */
@NullMarked
package io.handoff.benchmarks.host;

import org.jspecify.annotations.NullMarked;
