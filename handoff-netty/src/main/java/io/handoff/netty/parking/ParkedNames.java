package io.handoff.netty.parking;

import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names under which one program stores its connections: {@code NAME-BATCH-PLACE}, and {@code NAME-BATCH} for what is known of those of a
 * batch. They are short, because all names come in one variable of the next process' environment. Safe from any thread.
 */
final class ParkedNames {

    /** One string of an environment may have 128 KiB (execve(2)); what else is passed has names, too. */
    static final int MAX_BYTES = 120_000;

    private static final int RADIX = Character.MAX_RADIX;
    private static final Pattern PROGRAM = Pattern.compile("[A-Za-z0-9_.]{1,32}");

    private final String program;
    private final Pattern pattern;
    private final AtomicInteger nextBatch;
    private final AtomicLong bytes = new AtomicLong();

    /** What a name says. The place is negative for that of a batch. */
    record Parsed(int batch, int place) {}

    /** Takes the names that the manager has passed: no new one is to be like an old one that may be there still. */
    ParkedNames(String program, Collection<String> passed) {
        if (!PROGRAM.matcher(program).matches()) {
            throw new IllegalArgumentException(
                    "name was " + program + "; expected 1 to 32 letters, digits, dots and underscores");
        }
        this.program = program;
        this.pattern = Pattern.compile(Pattern.quote(program) + "-([0-9a-z]{1,5})(?:-([0-9a-z]{1,4}))?");
        this.nextBatch = new AtomicInteger(passed.stream()
                .filter(this::isOurs)
                .mapToInt(each -> parse(each).batch() + 1)
                .max()
                .orElse(0));
    }

    boolean isOurs(String name) {
        return pattern.matcher(name).matches();
    }

    /** Takes one of ours. */
    Parsed parse(String name) {
        Matcher matcher = pattern.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(name + " is no name of ours");
        }
        String place = matcher.group(2);
        return new Parsed(
                Integer.parseInt(matcher.group(1), RADIX), place == null ? -1 : Integer.parseInt(place, RADIX));
    }

    int newBatch() {
        return nextBatch.getAndIncrement();
    }

    String ofBatch(int batch) {
        return program + "-" + Integer.toString(batch, RADIX);
    }

    String of(int batch, int place) {
        return ofBatch(batch) + "-" + Integer.toString(place, RADIX);
    }

    /** What nothing is stored under for long. */
    String ofNothing() {
        return program + "-.";
    }

    /** Whether there is room for names in the environment of the next process; takes it. */
    boolean takeRoom(Collection<String> names) {
        boolean isRoom = bytes.addAndGet(bytesOf(names)) <= MAX_BYTES;
        if (!isRoom) {
            giveRoomBack(names);
        }
        return isRoom;
    }

    void giveRoomBack(Collection<String> names) {
        bytes.addAndGet(-bytesOf(names));
    }

    /** With the colon behind each. */
    private static long bytesOf(Collection<String> names) {
        return names.stream().mapToLong(name -> name.length() + 1L).sum();
    }
}
