/**
 * What is measured: servers under the same load, one after the other, the memory of idle connections, the expiry of tokens,
 * and the benchmarks of JMH of which there are targets; and the results, with their spread.
 *
 * <p>A measurement and its numbers belong here; what they are compared with and how they look belongs in {@code page}.
 */
@NullMarked
package io.handoff.benchmarks.compare.measure;

import org.jspecify.annotations.NullMarked;
