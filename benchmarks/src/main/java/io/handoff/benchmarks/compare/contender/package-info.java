/**
 * Who is measured: this library, the reference, and the cheapest that Netty allows, each a server in a process of its own.
 *
 * <p>A server, and how it is started and ended, belongs here; what it is put through belongs in {@code measure}.
 */
@NullMarked
package io.handoff.benchmarks.compare.contender;

import org.jspecify.annotations.NullMarked;
