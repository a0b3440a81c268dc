package io.handoff.netty.answer;

import java.io.IOException;

/**
 * Goes up the pipeline when offers cannot be read as they should be: those that are read all the same are rejected. Not API.
 *
 * @param cause what the call said
 */
public record ReadFailure(IOException cause) {}
