/**
 * No descriptor left: while accepting, while receiving one, and in the broker that sends one.
 *
 * <p>A limit of the operating system that is reached belongs here. Limits of the library's own, such as connections or the
 * length of a frame, are reached in {@code flood}.
 */
package io.handoff.reliability.exhaustion;
