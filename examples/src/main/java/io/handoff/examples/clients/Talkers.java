package io.handoff.examples.clients;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Many who chat, five to a room, until they are told to stop. */
public final class Talkers implements AutoCloseable {

    private static final int IN_A_ROOM = 5;
    private static final long PAUSE_MILLIS = 1000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_MILLIS = 20;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final List<List<Talker>> rooms = new ArrayList<>();
    private final Tally tally = new Tally();

    /**
     * Lets them come, one after the other, and talk when all are there.
     *
     * @param port the server's
     * @param count how many
     * @param pauseMillis between the two pieces of each message
     * @throws InterruptedException if that happens
     */
    public Talkers(int port, int count, long pauseMillis) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            if (i % IN_A_ROOM == 0) {
                rooms.add(new ArrayList<>());
            }
            int room = i / IN_A_ROOM;
            rooms.get(room).add(new Talker(loops.next(), port, "room-" + room, "talker-" + i, pauseMillis, tally));
        }
        if (!await(() -> all().allMatch(Talker::isGreeted))) {
            throw new IllegalStateException(all().filter(talker -> !talker.isGreeted())
                            .count() + " of " + count + " clients were not greeted within a minute");
        }
        all().forEach(Talker::begin);
    }

    /** Takes the server's port and the number of clients; they stop on SIGTERM. */
    public static void main(String[] args) throws InterruptedException {
        int count = Integer.parseInt(args[1]);
        Talkers talkers = new Talkers(Integer.parseInt(args[0]), count, PAUSE_MILLIS);
        System.out.println(count + " connected");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            System.out.println(talkers.stop());
            talkers.close();
        }));
        talkers.loops.terminationFuture().sync();
    }

    /** {@return how many messages have come back to those who said them} */
    public long answered() {
        return tally.answered.get();
    }

    /**
     * Lets them say nothing more, and waits until each has heard everything that was said in its room, or a minute.
     *
     * @return what has become of the messages
     */
    public String stop() {
        all().forEach(Talker::stop);
        boolean isAnswered = await(() -> all().allMatch(Talker::isAnswered));
        boolean isHeard = await(() -> rooms.stream().allMatch(Talkers::isAllHeard));
        return tally + (isAnswered ? "" : "; some have no answer") + (isHeard ? "" : "; some have not heard all");
    }

    private Stream<Talker> all() {
        return rooms.stream().flatMap(List::stream);
    }

    private static boolean isAllHeard(List<Talker> room) {
        return room.stream().allMatch(talker -> room.stream().allMatch(talker::hasHeard));
    }

    private static boolean await(BooleanSupplier condition) {
        long since = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - since > PATIENCE_NANOS) {
                return false;
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** Lets them leave. */
    @Override
    public void close() {
        all().forEach(Talker::leave);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
