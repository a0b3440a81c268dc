package io.handoff.netty.parking;

import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.parking.LeavingConnection.Answer;
import io.handoff.netty.takeover.Departure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parks the connections of a program, in batches: first a file in memory with what is known of each, in the order of their names, then the
 * connections. What the manager does not have as a whole it has not at all. Confined to one thread.
 */
final class Parking {

    private static final Logger logger = LoggerFactory.getLogger(Parking.class);

    /** So many stand still while the manager is waited for. */
    private static final int BATCH = 128;

    private static final long PAUSE_MILLIS = 20;

    private final ServiceManager manager;
    private final ParkedNames names;
    private final SocketCalls calls;
    private final Departure departure;
    private final Predicate<? super ChannelHandler> vouchedFor;
    private final Set<Channel> known = new HashSet<>();
    private int parked;
    private String problem = "";

    /** Whether the manager takes no more, or does not answer, or there is no room for more names. */
    private boolean isOver;

    Parking(
            ServiceManager manager,
            ParkedNames names,
            SocketCalls calls,
            Departure departure,
            Predicate<? super ChannelHandler> vouchedFor) {
        this.manager = manager;
        this.names = names;
        this.calls = calls;
        this.departure = departure;
        this.vouchedFor = vouchedFor;
    }

    /** Parks who may go, again and again until all have gone, or the time is over, or no more can. */
    ParkingReport run(ChannelGroup connections, Duration patience) throws InterruptedException {
        long start = System.nanoTime();
        for (List<Channel> here = here(connections); !here.isEmpty(); here = here(connections)) {
            for (int from = 0; from < here.size() && !isOver; from += BATCH) {
                park(here.subList(from, Math.min(here.size(), from + BATCH)));
            }
            if (isOver || System.nanoTime() - start >= patience.toNanos()) {
                break;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        int left = here(connections).size();
        return new ParkingReport(parked, known.size() - parked - left, left, left == 0 ? "" : problem);
    }

    /** Where there is no manager. */
    static ParkingReport nothing(ChannelGroup connections, String why) {
        return new ParkingReport(0, 0, openOf(connections).size(), why);
    }

    private List<Channel> here(ChannelGroup connections) {
        List<Channel> here = openOf(connections);
        known.addAll(here);
        return here;
    }

    private static List<Channel> openOf(ChannelGroup connections) {
        return connections.stream()
                .filter(each -> !(each instanceof ServerChannel) && each.isOpen())
                .toList();
    }

    private void park(List<Channel> some) {
        List<CompletableFuture<Answer>> asked = some.stream()
                .map(each -> LeavingConnection.hold(each, departure, vouchedFor, calls))
                .toList();
        List<LeavingConnection> batch = new ArrayList<>();
        for (CompletableFuture<Answer> each : asked) {
            Answer answer = each.join();
            if (answer.leaving() != null) {
                batch.add(answer.leaving());
            } else {
                problem = answer.why();
            }
        }
        if (!batch.isEmpty()) {
            store(batch);
        }
    }

    /** Of a batch that the manager does not have, half may fit. */
    private void store(List<LeavingConnection> batch) {
        int size = batch.size();
        int number = names.newBatch();
        List<String> stored = Stream.concat(
                        Stream.of(names.ofBatch(number)),
                        IntStream.range(0, size).mapToObj(place -> names.of(number, place)))
                .toList();
        if (!isOver && isKept(stored, batch)) {
            leave(stored, batch);
        } else if (isOver || size == 1) {
            isOver = true;
            settled(batch, LeavingConnection::stay);
        } else {
            store(batch.subList(0, size / 2));
            store(batch.subList(size / 2, size));
        }
    }

    private boolean isKept(List<String> stored, List<LeavingConnection> batch) {
        if (!names.takeRoom(stored)) {
            problem = "there is no room for more names in the environment of the next process";
            return false;
        }
        boolean isKept = false;
        try {
            tell(stored, batch);
            isKept = manager.keepsAll(names.ofNothing());
            if (!isKept) {
                problem =
                        "the service manager keeps no more for this service: see FileDescriptorStoreMax= of its unit, and NotifyAccess=";
            }
        } catch (Throwable e) { // Memory that runs out, for one: nobody may stay held.
            isOver = true;
            problem = String.valueOf(e.getMessage());
            logger.warn("connections are not parked", e);
        }
        if (!isKept) {
            names.giveRoomBack(stored);
            stored.forEach(this::remove);
        }
        return isKept;
    }

    private void tell(List<String> stored, List<LeavingConnection> batch) throws IOException {
        OwnedDescriptor states = calls.newMemoryFile(stored.get(0));
        try {
            byte[] bytes = ParkedState.encode(
                    batch.stream().map(LeavingConnection::state).toList());
            Files.write(fileOf(states), bytes, StandardOpenOption.WRITE);
            manager.store(stored.get(0), states.look());
        } finally {
            states.close();
        }
        for (int place = 0; place < batch.size(); place++) {
            manager.store(stored.get(place + 1), batch.get(place).copy().look());
        }
    }

    /** A way to a file that has no name of its own. */
    static Path fileOf(OwnedDescriptor descriptor) {
        return Path.of("/proc/self/fd", String.valueOf(descriptor.look().intValue()));
    }

    private void leave(List<String> stored, List<LeavingConnection> batch) {
        List<Boolean> haveLeft = settled(batch, LeavingConnection::leave);
        for (int place = 0; place < batch.size(); place++) {
            if (haveLeft.get(place)) {
                parked++;
            } else {
                remove(stored.get(place + 1));
            }
        }
    }

    private static List<Boolean> settled(
            List<LeavingConnection> batch, Function<LeavingConnection, CompletableFuture<Boolean>> how) {
        List<CompletableFuture<Boolean>> settled = batch.stream().map(how).toList();
        return settled.stream().map(CompletableFuture::join).toList();
    }

    private void remove(String name) {
        try {
            manager.remove(name);
        } catch (IOException e) {
            logger.warn("the service manager may have a copy of {} for good", name, e);
        }
    }
}
