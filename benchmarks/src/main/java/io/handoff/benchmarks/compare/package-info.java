/**
 * Servers in processes of their own under the same load, one after the other: this library, the reference, and the
 * cheapest that Netty allows; and what else the targets are about.
 */
@NullMarked
package io.handoff.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
