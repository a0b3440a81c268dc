package io.handoff.netty;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A Flight Recorder recording of this library's events alone. */
final class RecordedEvents implements AutoCloseable {

    static final List<Class<? extends PeerEvent>> TYPES =
            List.of(HandoffEvent.class, RejectionEvent.class, UnansweredEvent.class, WireErrorEvent.class);

    private final Recording recording = new Recording();

    private RecordedEvents() {
        TYPES.forEach(recording::enable);
    }

    static RecordedEvents start() {
        RecordedEvents events = new RecordedEvents();
        events.recording.start();
        return events;
    }

    /** Ends the recording, writes it to a file and reads it. */
    List<RecordedEvent> stopTo(Path file) throws IOException {
        recording.stop();
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("io.handoff."))
                .toList();
    }

    @Override
    public void close() {
        recording.close();
    }
}
