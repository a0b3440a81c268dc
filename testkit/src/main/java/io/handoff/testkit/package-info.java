/**
 * What the tests of a program need that hands off connections, or takes them over: peers that do as the test says, and
 * checks of what is left behind.
 *
 * <table class="striped">
 * <caption>What stands for what</caption>
 * <thead><tr><th>in the test of</th><th>there is</th></tr></thead>
 * <tbody>
 * <tr><td>a backend</td><td>{@link io.handoff.testkit.TestBroker}, which hands a
 *     {@link io.handoff.testkit.ClientConnection} to its handoff socket, or breaks every rule while it tries</td></tr>
 * <tr><td>a broker</td><td>{@link io.handoff.testkit.ScriptedBackend}, which answers as its
 *     {@link io.handoff.testkit.BackendScript} says</td></tr>
 * <tr><td>handlers in an {@code EmbeddedChannel}</td><td>{@link io.handoff.testkit.HandoffFrames} and
 *     {@link io.handoff.testkit.EmbeddedFrames}</td></tr>
 * <tr><td>a whole program</td><td>{@link io.handoff.testkit.StartedProcess}</td></tr>
 * <tr><td>anything</td><td>the extensions {@link io.handoff.testkit.NoDescriptorsLeft} and
 *     {@link io.handoff.testkit.NoBuffersLeaked}</td></tr>
 * </tbody>
 * </table>
 *
 * <p>Nothing here calls the library that is tested: system calls are made with JNA, and frames with the generated messages.
 * It works on 64-bit Linux, on x86_64 and aarch64.
 *
 * <p><b>Threading.</b> Objects are for one thread at a time unless they say otherwise. Calls block: those on sockets for 30
 * seconds at most, those on processes for 60, and then fail with what was missing.
 *
 * <p><b>Ownership.</b> Whoever makes a socket, a broker, a backend or a process closes it. Closing one twice does nothing.
 */
@NullMarked
package io.handoff.testkit;

import org.jspecify.annotations.NullMarked;
