/**
 * Each system call that a backend or a broker makes for a handoff is made to fail once, with each error that it may return,
 * and what has to hold whatever the kernel says is looked at from outside: who serves the client, which descriptors are left,
 * whether the next handoff works and whether the processes still end when they are told to. It takes strace(1), and so it
 * is run by {@code .ci/sweep} and {@code reliability/run SweepIT} only.
 *
 * <p>An error that one call returns belongs here. A limit of the operating system that is really reached belongs in
 * {@code exhaustion}, the death of a process in {@code death}.
 */
package io.handoff.reliability.sweep;
