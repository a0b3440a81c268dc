package io.handoff.examples.clients;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/** What has become of the messages of many talkers. */
final class Tally {

    private static final int MESSAGES_A_LINE = 1000;

    final AtomicLong answered = new AtomicLong();
    final AtomicLong heard = new AtomicLong();
    final AtomicLong missing = new AtomicLong();
    final AtomicLong repeated = new AtomicLong();
    final AtomicLong garbled = new AtomicLong();
    final AtomicLong closed = new AtomicLong();
    private final Set<String> releases = new ConcurrentSkipListSet<>();

    void answer(String release) {
        releases.add(release);
        long count = answered.incrementAndGet();
        if (count % MESSAGES_A_LINE == 0) {
            System.out.println(count + " answered");
        }
    }

    /** Compares the number of somebody's message with that of the one before. */
    void compare(long before, long number) {
        if (number <= before) {
            repeated.incrementAndGet();
        } else {
            missing.addAndGet(number - before - 1);
        }
    }

    @Override
    public String toString() {
        return answered + " messages answered by " + releases.size() + " releases, heard " + heard + " times: "
                + missing
                + " missing, " + repeated + " repeated or out of order, " + garbled + " garbled; " + closed
                + " connections closed";
    }
}
