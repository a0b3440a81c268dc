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
 * a channel of your own, without descriptors. Everything of one handoff connection runs on that connection's event loop;
 * the pending tokens live on one event loop of their own, reached through {@link io.handoff.netty.HandoffTokens} from any
 * thread; adopted connections live on event loops of the program.
 */
@NullMarked
package io.handoff.netty;

import org.jspecify.annotations.NullMarked;
