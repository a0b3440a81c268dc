package io.handoff.netty.parking;

import io.handoff.netty.adoption.AdoptionGate;
import io.handoff.netty.adoption.ConnectionAdopter;
import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.listening.PassedDescriptors.Named;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.Offer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.FutureListener;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the program's channels of what was parked, batch by batch: all are set up, and each is served once it has been removed from the
 * manager. So a process that ends before leaves them to the next one, and what one has begun to serve no other does. Confined to one
 * thread.
 */
final class TakingBack {

    private static final Logger logger = LoggerFactory.getLogger(TakingBack.class);

    /** More than the adopter takes. */
    private static final long LOOP_SECONDS = 60;

    private final ServiceManager manager;
    private final ParkedNames names;
    private final String serviceName;
    private final ConnectionAdopter adopter;
    private final EventLoopGroup controlLoops;
    private final HandoffPeer self;
    private int taken;
    private int closed;
    private int left;
    private String problem = "";
    private boolean isManagerDeaf;

    TakingBack(
            ServiceManager manager,
            ParkedNames names,
            String serviceName,
            ConnectionAdopter adopter,
            EventLoopGroup controlLoops,
            HandoffPeer self) {
        this.manager = manager;
        this.names = names;
        this.serviceName = serviceName;
        this.adopter = adopter;
        this.controlLoops = controlLoops;
        this.self = self;
    }

    /** One of a batch: its name, and what it is; its place is negative if it is the file. */
    private record Parked(String name, int place, OwnedDescriptor descriptor) {}

    /** One that is being set up. */
    private record Adoption(String name, CompletableFuture<AdoptionGate> gate) {}

    /** Takes back what was passed, all of which is ours. */
    TakingBackReport run(List<Named> passed) {
        Map<Integer, List<Parked>> batches = new TreeMap<>();
        for (Named each : passed) {
            ParkedNames.Parsed parsed = names.parse(each.name());
            batches.computeIfAbsent(parsed.batch(), batch -> new ArrayList<>())
                    .add(new Parked(each.name(), parsed.place(), each.descriptor()));
        }
        batches.values().forEach(this::takeBack);
        adopter.allEnded().awaitUninterruptibly();
        return new TakingBackReport(taken, closed, left, problem);
    }

    private void takeBack(List<Parked> batch) {
        List<ParkedState> states = List.of();
        List<Parked> connections = new ArrayList<>();
        List<String> files = new ArrayList<>();
        for (Parked each : batch) {
            if (each.place() < 0) {
                states = statesIn(each);
                files.add(each.name());
            } else {
                connections.add(each);
            }
        }
        List<Adoption> adoptions = new ArrayList<>();
        for (Parked each : connections) {
            adoptions.add(new Adoption(each.name(), adopted(each, states)));
        }
        adoptions.forEach(this::serve);
        // Last, as it is needed for those that are there still.
        files.forEach(this::remove);
    }

    private static List<ParkedState> statesIn(Parked file) {
        try {
            return ParkedState.decode(Files.readAllBytes(Parking.fileOf(file.descriptor())));
        } catch (IOException e) {
            logger.warn("what is known of the connections of {} cannot be read", file.name(), e);
            return List.of();
        } finally {
            file.descriptor().close();
        }
    }

    private CompletableFuture<AdoptionGate> adopted(Parked parked, List<ParkedState> states) {
        OwnedDescriptor descriptor = parked.descriptor();
        if (parked.place() >= states.size()) {
            descriptor.close();
            return CompletableFuture.failedFuture(new IOException("nothing is known of it"));
        }
        HandoffRejection refusal = adopter.refusalOf(descriptor);
        if (refusal != null) {
            descriptor.close();
            return CompletableFuture.failedFuture(new IOException(refusal.detail()));
        }
        ParkedState known = states.get(parked.place());
        Offer offer =
                Offer.of(HandoffToken.random(), serviceName, parked.place()).carrying(known.unread(), known.state());
        HandedOffConnection origin = HandedOffConnection.of(offer, self, Instant.now());
        CompletableFuture<AdoptionGate> adopted = new CompletableFuture<>();
        EventLoop loop = controlLoops.next();
        try {
            loop.execute(() -> adopter.adopt(descriptor, offer, origin, loop)
                    .adopted()
                    .addListener((FutureListener<AdoptionGate>) done -> {
                        if (done.isSuccess()) {
                            adopted.complete(done.getNow());
                        } else {
                            adopted.completeExceptionally(done.cause());
                        }
                    }));
        } catch (RejectedExecutionException e) {
            descriptor.close();
            adopted.completeExceptionally(e);
        }
        // A loop that ends forgets what it has not come to.
        return adopted.orTimeout(LOOP_SECONDS, TimeUnit.SECONDS);
    }

    private void serve(Adoption adoption) {
        AdoptionGate gate;
        try {
            gate = adoption.gate().join();
        } catch (CompletionException e) {
            logger.warn("{}, a connection that was parked, is closed", adoption.name(), e.getCause());
            problem = "a connection could not be adopted: " + e.getCause();
            closed++;
            remove(adoption.name());
            return;
        }
        if (gate.isReady() && remove(adoption.name())) {
            gate.open();
            taken++;
        } else {
            gate.abandon();
            left++;
        }
    }

    /** Of a manager that does not hear it, the next process gets the connection. */
    private boolean remove(String name) {
        try {
            if (!isManagerDeaf) {
                manager.remove(name);
            }
        } catch (IOException e) {
            isManagerDeaf = true;
            problem = "what was parked could not be removed from the service manager: " + e.getMessage();
            logger.warn("{} is left to the next process, with all that was parked after it", name, e);
        }
        return !isManagerDeaf;
    }
}
