package io.handoff.netty.pool;

import io.handoff.netty.broker.Destination;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backends of a pool that are there. Nobody watches their files: who chooses a backend looks whether its socket is there, and
 * looks for all of them if the last look is long ago, or if there is none left to try. So nothing has to run, or to be ended, while
 * no client comes. That takes system calls of the kind that connect(2) makes as well, and works on every file system.
 *
 * <p>Thread-safe.
 */
final class Members {

    private static final Logger logger = LoggerFactory.getLogger(Members.class);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Function<Path, Destination> made;
    private final AtomicInteger turn = new AtomicInteger();
    private final Ticker clock = Ticker.systemTicker();
    private volatile Seen seen;
    private SocketPaths paths;
    private boolean isUnreadable;

    /** What the last look has found. */
    private record Seen(List<Member> members, long atNanos) {}

    Members(SocketPaths paths, Function<Path, Destination> made) {
        this.paths = paths;
        this.made = made;
        this.seen = new Seen(List.of(), clock.nanoTime() - LOOK_NANOS);
    }

    synchronized void replace(SocketPaths paths) {
        this.paths = paths;
        look();
    }

    synchronized List<Path> paths() {
        return look().members.stream().map(Member::path).toList();
    }

    /**
     * Chooses the backend with the least under way, in turn where there are several.
     *
     * @param tried those that are not to be chosen; the chosen one is added
     * @param nowNanos the time on the ticker of the client's event loop
     * @return null if there is none that takes handoffs now
     */
    @Nullable
    Member choose(Set<Member> tried, long nowNanos) {
        int first = turn.getAndIncrement();
        boolean hasLooked = clock.nanoTime() - seen.atNanos >= LOOK_NANOS;
        Seen known = hasLooked ? look() : seen;
        while (true) {
            Member next = leastBusy(known.members, first, tried, nowNanos);
            if (next != null) {
                tried.add(next);
                if (next.isThere()) {
                    return next;
                }
            } else if (hasLooked) {
                return null;
            }
            known = look();
            hasLooked = true;
        }
    }

    private static @Nullable Member leastBusy(List<Member> members, int first, Set<Member> tried, long nowNanos) {
        Member best = null;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(Math.floorMod(first + i, members.size()));
            int inFlight = member.destination().inFlight();
            if (inFlight < least
                    && !tried.contains(member)
                    && member.destination().isOpen(nowNanos)) {
                best = member;
                least = inFlight;
            }
        }
        return best;
    }

    private synchronized Seen look() {
        Map<Path, Member> known = new HashMap<>();
        seen.members.forEach(member -> known.put(member.path(), member));
        List<Member> found = new ArrayList<>();
        for (Path path : listed()) {
            SocketFile file = SocketFile.at(path);
            Member before = known.get(path);
            if (before != null && before.file().equals(file)) {
                found.add(before);
            } else if (file != null) {
                found.add(new Member(file, made.apply(path)));
            }
        }
        seen = new Seen(List.copyOf(found), clock.nanoTime());
        return seen;
    }

    private List<Path> listed() {
        try {
            List<Path> listed = paths.list();
            isUnreadable = false;
            return listed;
        } catch (IOException e) {
            if (!isUnreadable) {
                isUnreadable = true;
                logger.warn("{} cannot be read; the backends known so far are kept", paths, e);
            }
            return seen.members.stream().map(Member::path).toList();
        }
    }

    /** Says why none is chosen that has not been tried. */
    synchronized String whyNone() {
        List<Path> there = seen.members.stream().map(Member::path).toList();
        return there.isEmpty()
                ? paths.whyNone()
                : "no backend takes a handoff now, after failures or with too many under way: " + there;
    }
}
