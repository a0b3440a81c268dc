/**
 * Hands live client connections from a broker process to a Netty backend on the same Linux host.
 *
 * <pre>
 *  accept ─ HandoffFrameDecoder ─ HandoffFrameParser ─ HandoffOfferValidator ─ HandoffOfferHandler ─ your handlers
 *                                                                                    │        ▲
 *                                                          HandoffAckEncoder ◄───────┘        └── HandoffTokens
 * </pre>
 *
 * <p>{@link io.handoff.netty.HandoffServer} puts these together behind a Unix-domain socket;
 * {@link io.handoff.netty.HandoffPipeline} installs them into a channel of your own. Everything of one connection runs
 * on that connection's event loop; the pending tokens live on one event loop of their own, reached through
 * {@link io.handoff.netty.HandoffTokens} from any thread.
 */
@NullMarked
package io.handoff.netty;

import org.jspecify.annotations.NullMarked;
