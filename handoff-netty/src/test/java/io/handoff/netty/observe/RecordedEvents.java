package io.handoff.netty.observe;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * A Flight Recorder recording of this library's events alone.
 *
 * <p>JDK 17 writes a longer text once for each part of a recording, and forgets which ones it has written when a thread
 * commits that has committed to an earlier part: in a program some thread always has, but here each test has new ones.
 * Without a thread that lasts, a text of an earlier test would be missing from the recording of a later one.
 */
public final class RecordedEvents implements AutoCloseable {

    static final List<Class<? extends PeerEvent>> TYPES =
            List.of(HandoffEvent.class, RejectionEvent.class, UnansweredEvent.class, WireErrorEvent.class);

    private static final ExecutorService LASTING_THREAD =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("recorder", true));

    private final Recording recording = new Recording();

    private RecordedEvents(List<? extends Class<? extends Event>> types) {
        types.forEach(recording::enable);
        recording.enable(Begun.class);
    }

    static RecordedEvents start() throws ExecutionException, InterruptedException {
        return start(TYPES);
    }

    public static RecordedEvents start(List<? extends Class<? extends Event>> types)
            throws ExecutionException, InterruptedException {
        RecordedEvents events = new RecordedEvents(types);
        events.recording.start();
        LASTING_THREAD.submit(() -> new Begun().commit()).get();
        return events;
    }

    /** Ends the recording, writes it to a file and reads it. */
    public List<RecordedEvent> stopTo(Path file) throws IOException {
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

    @Name("test.Begun")
    private static final class Begun extends Event {}
}
