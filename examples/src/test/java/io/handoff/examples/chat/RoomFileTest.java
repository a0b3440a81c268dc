package io.handoff.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomFileTest {

    private final List<ChatMessage> messages = new ArrayList<>();
    private Path path;
    private long end;

    @BeforeEach
    void choosePath(@TempDir Path directory) {
        path = directory.resolve("lobby");
    }

    @Test
    void shouldReadWhatBothReleasesHaveWrittenInOneOrder() throws Exception {
        try (RoomFile old = new RoomFile(path);
                RoomFile next = new RoomFile(path)) {
            old.append(message(1, "a\nb"));
            next.append(message(2, "\u00e9\ud83d\ude00"));
            old.append(message(3, ""));

            assertThat(next.read(0, next.end(), this::add)).isEqualTo(next.end());
            assertThat(messages).containsExactly(message(1, "a\nb"), message(2, "\u00e9\ud83d\ude00"), message(3, ""));
            assertThat(end).isEqualTo(next.end());
        }
    }

    @Test
    void shouldGoOnWhereALineEnds() throws Exception {
        try (RoomFile file = new RoomFile(path)) {
            file.append(message(1, "one"));
            long told = file.end();
            file.append(message(2, "two"));

            file.read(told, file.end(), this::add);

            assertThat(messages).containsExactly(message(2, "two"));
        }
    }

    @Test
    void shouldReadMoreThanFitsIntoOnePart() throws Exception {
        try (RoomFile file = new RoomFile(path)) {
            int count = 40;
            for (int i = 1; i <= count; i++) {
                file.append(message(i, "x".repeat(4000)));
            }

            assertThat(file.read(0, file.end(), this::add)).isEqualTo(file.end());

            assertThat(messages)
                    .extracting(ChatMessage::number)
                    .hasSize(count)
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldLeaveALineThatHasNoEndYet() throws Exception {
        try (RoomFile file = new RoomFile(path)) {
            file.append(message(1, "one"));
            long told = file.end();
            String half = "{\"from\":\"Ada\",\"number\":2,";
            Files.writeString(path, half, StandardOpenOption.APPEND);

            assertThat(file.read(0, file.end(), this::add)).isEqualTo(told);
            assertThat(messages).containsExactly(message(1, "one"));

            Files.write(path, "\"text\":\"two\"}\n".getBytes(UTF_8), StandardOpenOption.APPEND);
            assertThat(file.read(told, file.end(), this::add)).isEqualTo(file.end());
            assertThat(messages).containsExactly(message(1, "one"), message(2, "two"));
        }
    }

    private void add(ChatMessage message, long lineEnd) {
        messages.add(message);
        end = lineEnd;
    }

    private static ChatMessage message(long number, String text) {
        return new ChatMessage("Ada", number, text);
    }
}
