package io.handoff.examples.chat;

/**
 * What somebody has said, as it stands in the room's file.
 *
 * @param from the name
 * @param number of the messages of this connection, from 1
 * @param text what was said
 */
record ChatMessage(String from, long number, String text) {}
