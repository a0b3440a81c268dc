/**
 * Hands live client connections from a broker process to a Netty backend on the same Linux host.
 *
 * <pre>
 *  accept ─ descriptor ─ HandoffFrameDecoder ─ HandoffFrameParser ─ HandoffOfferValidator
 *           and 16 bytes                                                       │
 *                                                                              ▼
 *  client ◄─► your Channel ◄── adopted ──────────────────────────── HandoffOfferHandler ◄─► HandoffTokens
 *                                                                              │
 *                                                        broker ◄── HandoffAckEncoder
 * </pre>
 *
 * <p>{@link io.handoff.netty.HandoffServer} is the backend's side of it, behind a Unix-domain socket, and
 * {@link io.handoff.netty.HandoffBroker} the broker's; {@link io.handoff.netty.HandoffPipeline} installs the handlers into
 * a channel of your own, without descriptors.
 *
 * <p><b>Threading.</b> Everything of one handoff connection runs on that connection's event loop; the pending tokens live on
 * one event loop of their own, reached through {@link io.handoff.netty.HandoffTokens} from any thread; adopted connections
 * live on event loops of the program, and so does a client's connection while a broker hands it off. Servers, brokers and
 * tokens may be used from any thread; listeners, admission checks and policies are called on event loops, and must not
 * block. Event loops that the program passes in are never shut down here.
 *
 * <p><b>Ownership.</b> Each descriptor has one owner at each moment. A client's is the broker's until it has been sent: if that
 * fails, or if the backend rejects it, the connection goes on in the broker, and no byte of it is lost. From then on, and until the
 * accepting ACK has left, it is the backend's server's, which closes it if anything goes wrong; then it is the program's, as a
 * channel like any other. A broker that gets no answer cannot know, and lets go of its copy:
 * {@link io.handoff.netty.HandoffOutcome} says who has the connection. Offers hold no buffers; messages of
 * {@link io.handoff.netty.HandoffPipeline} are released by its handlers.
 */
@NullMarked
package io.handoff.netty;

import org.jspecify.annotations.NullMarked;
