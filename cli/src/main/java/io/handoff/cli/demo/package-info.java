/**
 * The command {@code handoff demo}: backends, brokers and clients, each step shown with its time.
 *
 * <p><b>Belongs here:</b> the steps and what is expected of each, the processes, the clients. <b>Does not:</b> anything that those
 * processes do: they are this command again, with other arguments, and known by what they print.
 *
 * <p><b>Ownership.</b> {@link io.handoff.cli.demo.DemoProcesses} ends every process that was started, whatever ends the
 * demonstration.
 *
 * <p><b>Knows</b> no other room.
 */
@NullMarked
package io.handoff.cli.demo;

import org.jspecify.annotations.NullMarked;
