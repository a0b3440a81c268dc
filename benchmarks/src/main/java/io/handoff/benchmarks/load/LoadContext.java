package io.handoff.benchmarks.load;

import io.handoff.netty.broker.HandoffBroker;
import io.netty.channel.IoEventLoop;

/**
 * What the cycles of a run share; all of it belongs to the thread of the loop.
 *
 * @param loop where everything happens
 * @param frames what is offered and expected
 * @param libc the calls to the one socket file
 * @param broker hands over to the same socket
 * @param recorder takes what comes of it
 */
record LoadContext(IoEventLoop loop, SlotFrames frames, LibcCalls libc, HandoffBroker broker, LoadRecorder recorder) {}
