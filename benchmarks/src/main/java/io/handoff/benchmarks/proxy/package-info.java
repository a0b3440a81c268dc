/**
 * The command {@code benchmarks/proxy}: what a client's connection costs that is handed off, beside one that HAProxy passes on and one
 * that goes to its server directly.
 *
 * <p>The servers of all three ways belong here, the clients, the rounds, and the page. What the backend of a handoff is, {@code
 * compare.contender} says; how rounds are summed up, {@code compare.measure}; how a target is held against what was measured, {@code
 * compare.page}.
 */
@NullMarked
package io.handoff.benchmarks.proxy;

import org.jspecify.annotations.NullMarked;
