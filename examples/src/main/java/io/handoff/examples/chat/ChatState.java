package io.handoff.examples.chat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a release has to know of a connection to go on with it. It travels as JSON, for example
 * {@code {"room":"lobby","name":"Ada","said":17,"told":4096}}. A field that a release does not know is skipped, so that connections can also go
 * back to an older one; a release that adds a field gives it a value for those that come without.
 *
 * @param room where the client is
 * @param name who it is
 * @param said how many messages have come from it
 * @param told up to where in the room's file it has been told, in bytes; {@link #NOTHING} before it is in the room
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record ChatState(String room, String name, long said, long told) {

    /** Of one that has not been told anything yet. */
    static final long NOTHING = -1;

    /** Room and name have 40 characters at most. */
    static final int MAX_BYTES = 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    byte[] toBytes() throws JsonProcessingException {
        return JSON.writeValueAsBytes(this);
    }

    static ChatState of(ByteBuffer bytes) throws IOException {
        return JSON.readValue(StandardCharsets.UTF_8.decode(bytes).toString(), ChatState.class);
    }
}
