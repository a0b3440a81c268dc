/**
 * A chat over WebSockets whose connections move to the next release of the server while people talk, also in the middle of a message: each
 * with its room, its name and its count of messages.
 */
@NullMarked
package io.handoff.examples.chat;

import org.jspecify.annotations.NullMarked;
