package io.handoff.examples.chat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * What has been said in a room: one JSON object a line. Every release appends to it and reads it, so that it has one order for all of
 * them. Used by one thread.
 */
final class RoomFile implements Closeable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** More than the longest line. */
    private static final int PART_BYTES = 64 * 1024;

    private final FileChannel writing;
    private final FileChannel reading;

    RoomFile(Path file) throws IOException {
        writing = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        reading = FileChannel.open(file, StandardOpenOption.READ);
    }

    /** Takes the lines of a file. */
    interface Reader {

        /**
         * Takes a message.
         *
         * @param message the message
         * @param end where its line ends
         */
        void read(ChatMessage message, long end);
    }

    long end() throws IOException {
        return reading.size();
    }

    /** Adds a line in one write, into which no other process gets with its own. */
    void append(ChatMessage message) throws IOException {
        writing.write(ByteBuffer.wrap((JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Reads whole lines.
     *
     * @param from where one begins
     * @param to where to stop; no further than {@link #end()}
     * @return where the next one begins
     */
    long read(long from, long to, Reader reader) throws IOException {
        long position = from;
        while (position < to) {
            ByteBuffer part = ByteBuffer.allocate((int) Math.min(to - position, PART_BYTES));
            int length = Math.max(reading.read(part, position), 0);
            int lineBegin = 0;
            for (int i = 0; i < length; i++) {
                if (part.get(i) == '\n') {
                    reader.read(messageOf(Arrays.copyOfRange(part.array(), lineBegin, i)), position + i + 1);
                    lineBegin = i + 1;
                }
            }
            if (lineBegin == 0) {
                break; // The rest of the line is still to come.
            }
            position += lineBegin;
        }
        return position;
    }

    private static ChatMessage messageOf(byte[] line) throws IOException {
        return JSON.readValue(line, ChatMessage.class);
    }

    @Override
    public void close() throws IOException {
        writing.close();
        reading.close();
    }
}
