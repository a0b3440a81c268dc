package io.handoff.benchmarks.proxy;

/**
 * What one idle connection costs in memory, outside of the kernel.
 *
 * @param round counted from 1
 * @param way how it gets to the server
 * @param bytes of all server processes: of a JVM live objects and buffers, of HAProxy what is resident
 */
record Idle(int round, Way way, double bytes) {}
