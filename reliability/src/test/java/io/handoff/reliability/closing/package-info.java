/**
 * Backends that close while brokers hand off to them: whoever has connected is answered, and no client is lost.
 *
 * <p>How a server closes belongs here, whatever is under way. A process that is killed, and closes nothing, belongs in
 * {@code death}.
 */
package io.handoff.reliability.closing;
