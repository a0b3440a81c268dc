package io.handoff.examples.chat;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/** The members that this release has in a room. Used by one thread. */
final class Room implements Closeable {

    private final RoomFile file;
    private final Set<Member> members = new LinkedHashSet<>();

    /** Up to where its members have been told. */
    private long told;

    /** Somebody in a room. */
    interface Member {

        /** Tells it that it is in, and will be told what stands in the room's file from there on. */
        void isIn(long position);

        /** Tells it what was said, and where that ends in the room's file. */
        void tell(ChatMessage message, long end);
    }

    Room(Path path) throws IOException {
        file = new RoomFile(path);
        told = file.end();
    }

    /** Lets somebody in who is told what is said from now on. */
    void enter(Member member) throws IOException {
        look();
        member.isIn(told);
        members.add(member);
    }

    /** Lets somebody in who has been told so much in another release. */
    void enter(Member member, long alreadyTold) throws IOException {
        look();
        member.isIn(alreadyTold);
        file.read(alreadyTold, told, member::tell);
        members.add(member);
    }

    void say(ChatMessage message) throws IOException {
        file.append(message);
        look();
    }

    /** Tells its members what has been said since, here or in another release. */
    void look() throws IOException {
        told = file.read(told, file.end(), (message, end) -> {
            for (Member member : members) {
                member.tell(message, end);
            }
        });
    }

    /** Whether nobody is in the room any more. */
    boolean leave(Member member) {
        members.remove(member);
        return members.isEmpty();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
