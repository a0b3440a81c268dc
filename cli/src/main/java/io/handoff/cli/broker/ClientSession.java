package io.handoff.cli.broker;

import io.handoff.cli.broker.ClientReport.EndedBy;
import io.handoff.cli.broker.ClientReport.Outcome;
import io.handoff.cli.broker.ClientReport.State;
import io.handoff.cli.config.ListenerConfig;
import io.handoff.cli.config.ServiceConfig.Fallback;
import io.handoff.cli.proxy.Relay;
import io.handoff.cli.proxy.RelayEnd;
import io.handoff.cli.service.EchoHandler;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.pool.PoolOutcome;
import io.handoff.netty.preface.ClientPreface;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.FutureListener;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way of one client through the broker: looked at, routed, handed over; and if nobody takes it, what the service says
 * for that. It is reported once. Confined to the client's event loop.
 */
final class ClientSession {

    /** Who is told what became of a client. */
    interface Audience {
        void looked(long nanos);

        /** Once for each client; the last outcome is null where no backend was asked. */
        void ended(ClientReport report, @Nullable HandoffOutcome lastOutcome);
    }

    private final Channel client;
    private final ClientHold hold;
    private final ListenerConfig listener;
    private final Plan plan;
    private final OpenClients clients;
    private final Audience audience;
    private final long id;
    private final String from;
    private final long acceptedAtNanos;

    private @Nullable ClientPreface preface;
    private @Nullable String route;
    private @Nullable Service service;
    private @Nullable PoolOutcome handoff;
    private long lookNanos;
    private long handoffNanos;

    private ClientSession(Channel client, ListenerConfig listener, Plan plan, OpenClients clients, Audience audience) {
        this.client = client;
        this.hold = client.pipeline().get(ClientHold.class);
        this.listener = listener;
        this.plan = plan;
        this.clients = clients;
        this.audience = audience;
        this.acceptedAtNanos = now();
        this.from = ClientText.address(client);
        this.id = clients.begin();
    }

    /** Takes a client that is active and whose pipeline has a {@link ClientHold}. */
    static void begin(Channel client, ListenerConfig listener, Plan plan, OpenClients clients, Audience audience) {
        new ClientSession(client, listener, plan, clients, audience).begin();
    }

    private void begin() {
        Plan.Choice choice = plan.withoutALook(listener);
        if (choice != null) {
            routed(choice);
        } else {
            plan.peeker().peek(client).addListener((FutureListener<ClientPreface>) looked -> {
                lookNanos = now() - acceptedAtNanos;
                audience.looked(lookNanos);
                if (looked.isSuccess()) {
                    preface = looked.getNow();
                    routed(plan.choose(preface));
                } else {
                    notLooked(looked.cause());
                }
            });
        }
    }

    private void notLooked(Throwable cause) {
        boolean hasLeft = cause instanceof ClosedChannelException;
        client.close();
        end(
                hasLeft ? Outcome.LEFT : Outcome.CLOSED,
                hasLeft ? EndedBy.CLIENT : EndedBy.BROKER,
                State.LOOK,
                String.valueOf(cause.getMessage()));
    }

    private void routed(Plan.Choice choice) {
        route = choice.route();
        Service chosen = choice.service();
        service = chosen;
        if (chosen == null) {
            client.close();
            end(Outcome.CLOSED, EndedBy.BROKER, State.ROUTE, "no route fits, and there is no default");
            return;
        }
        long start = now();
        chosen.handOffs().handOff(client, chosen.name(), id).addListener((FutureListener<PoolOutcome>) done -> {
            handoffNanos = now() - start;
            handoff = done.getNow();
            handedOff(chosen, handoff.outcome());
        });
    }

    private void handedOff(Service service, HandoffOutcome outcome) {
        if (outcome instanceof HandoffOutcome.Accepted) {
            end(Outcome.ACCEPTED, EndedBy.NOBODY, State.HANDOFF, null);
        } else if (outcome instanceof Failed failed && !failed.connectionUsable()) {
            String why = String.valueOf(failed.cause().getMessage());
            if (failed.stage() == Stage.ACK || failed.stage() == Stage.SEND) {
                end(Outcome.LOST, EndedBy.BACKEND, State.HANDOFF, why);
            } else {
                end(Outcome.LEFT, EndedBy.CLIENT, State.HANDOFF, why);
            }
        } else if (!client.isActive()) {
            end(Outcome.LEFT, EndedBy.CLIENT, State.HANDOFF, "the connection is closed");
        } else {
            fallBack(service, why(outcome));
        }
    }

    private static String why(HandoffOutcome outcome) {
        return outcome instanceof HandoffOutcome.Rejected rejected
                ? rejected.detail()
                : String.valueOf(((Failed) outcome).cause().getMessage());
    }

    private void fallBack(Service service, String why) {
        Fallback fallback = service.config().fallback();
        if (fallback instanceof Fallback.Proxy proxy) {
            Relay relay = Relay.start(
                    client, hold::take, proxy.target(), service.config().timeout());
            // In this order: whoever waits for the last relay wants its line, too.
            relay.end().addListener((FutureListener<RelayEnd>) ended -> proxied(proxy, ended.getNow(), why));
            clients.proxied(relay);
        } else if (fallback instanceof Fallback.Echo) {
            end(Outcome.ECHOED, EndedBy.NOBODY, State.HANDOFF, why);
            echo();
        } else {
            client.close();
            end(Outcome.CLOSED, EndedBy.BROKER, State.HANDOFF, why);
        }
    }

    private void proxied(Fallback.Proxy proxy, RelayEnd relay, String why) {
        EndedBy by = EndedBy.valueOf(relay.by().name());
        String detail = relay.reason() == null ? why : proxy.text() + ": " + relay.reason() + "; before: " + why;
        if (relay.connected()) {
            report(Outcome.PROXIED, by, State.PROXY, detail, relay.bytesToServer(), relay.bytesToClient());
        } else {
            report(Outcome.CLOSED, by, State.CONNECT, detail, 0, 0);
        }
    }

    private void echo() {
        ByteBuf read = hold.take();
        ChannelPipeline pipeline = client.pipeline().remove(hold).addLast(EchoHandler.INSTANCE);
        if (read.isReadable()) {
            pipeline.fireChannelRead(read).fireChannelReadComplete();
        }
        if (((DuplexChannel) client).isInputShutdown()) {
            pipeline.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            client.config().setAutoRead(true);
        }
    }

    private void end(Outcome outcome, EndedBy by, State state, @Nullable String detail) {
        report(outcome, by, state, detail, 0, 0);
        clients.decided();
    }

    private void report(
            Outcome outcome, EndedBy by, State state, @Nullable String detail, long toServer, long toClient) {
        List<PoolOutcome.Attempt> attempts = handoff == null ? List.of() : handoff.attempts();
        audience.ended(
                new ClientReport(
                        Long.toUnsignedString(id),
                        listener.address().text(),
                        from,
                        preface == null ? null : ClientText.protocol(preface),
                        preface == null ? null : ClientText.name(preface),
                        route,
                        service == null ? null : service.name(),
                        outcome,
                        by,
                        state,
                        attempts.isEmpty()
                                ? null
                                : attempts.get(attempts.size() - 1).backend().toString(),
                        attempts.stream().map(ClientSession::attempt).toList(),
                        millis(lookNanos),
                        millis(handoffNanos),
                        millis(now() - acceptedAtNanos),
                        toServer,
                        toClient,
                        detail),
                handoff == null ? null : handoff.outcome());
    }

    private static ClientReport.Attempt attempt(PoolOutcome.Attempt attempt) {
        HandoffOutcome outcome = attempt.outcome();
        String result = outcome instanceof Failed failed
                ? failed.stage().name().toLowerCase(Locale.ROOT)
                : outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        return new ClientReport.Attempt(
                attempt.backend().toString(), result, attempt.duration().toMillis());
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private long now() {
        return client.eventLoop().ticker().nanoTime();
    }
}
