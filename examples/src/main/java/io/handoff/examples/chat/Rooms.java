package io.handoff.examples.chat;

import io.handoff.examples.chat.Room.Member;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rooms in which this release has members. While connections move, a room has members in two releases. So what is said goes through the
 * room's file, which both append to and read: it stands in for whatever your servers share, a message queue for one. A member takes
 * along up to where it has been told, and the next release tells it the rest.
 *
 * <p>On a thread of its own, which reads and writes the files and tells the members. Its methods may be called from any thread.
 */
final class Rooms implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(Rooms.class);

    /** How often it looks for what another release has written. */
    private static final long LOOK_MILLIS = 25;

    private final Path directory;
    private final EventExecutor executor = new DefaultEventExecutor();
    private final Map<String, Room> rooms = new HashMap<>();

    Rooms(Path directory) {
        this.directory = directory;
        executor.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Lets somebody in who is told what is said from now on. */
    Future<?> enter(String name, Member member) {
        return executor.submit(() -> {
            room(name).enter(member);
            return null;
        });
    }

    /** Lets somebody in who has been told so much in another release. */
    Future<?> enter(String name, Member member, long alreadyTold) {
        return executor.submit(() -> {
            room(name).enter(member, alreadyTold);
            return null;
        });
    }

    /** Completes when it stands in the room's file: from then on every member is told, wherever it is. */
    Future<?> say(String name, ChatMessage message) {
        return executor.submit(() -> {
            room(name).say(message);
            return null;
        });
    }

    /** Lets somebody out who has been let in. */
    void leave(String name, Member member) {
        executor.execute(() -> {
            Room room = rooms.get(name);
            if (room != null && room.leave(member)) {
                rooms.remove(name);
                close(room);
            }
        });
    }

    private Room room(String name) throws IOException {
        Room room = rooms.get(name);
        if (room == null) {
            room = new Room(directory.resolve(name));
            rooms.put(name, room);
        }
        return room;
    }

    private void look() {
        for (Room room : rooms.values()) {
            try {
                room.look();
            } catch (IOException e) {
                logger.error("a room's file cannot be read", e);
            }
        }
    }

    private static void close(Room room) {
        try {
            room.close();
        } catch (IOException e) {
            logger.warn("a room's file was not closed", e);
        }
    }

    /** Does what it was asked for before, and ends. */
    @Override
    public void close() {
        executor.submit(() -> rooms.values().forEach(Rooms::close)).awaitUninterruptibly();
        executor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
