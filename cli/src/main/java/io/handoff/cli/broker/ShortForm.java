package io.handoff.cli.broker;

import io.handoff.cli.config.BrokerConfig;
import io.handoff.cli.config.LimitsConfig;
import io.handoff.cli.config.ListenAddress;
import io.handoff.cli.config.ListenerConfig;
import io.handoff.cli.config.PeekConfig;
import io.handoff.cli.config.ServiceConfig;
import io.handoff.cli.config.ServiceConfig.Backends;
import io.handoff.cli.config.ServiceConfig.Fallback;
import io.handoff.cli.report.ReportPrinter;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.pool.PoolOutcome;
import io.handoff.netty.token.HandoffToken;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the options say without a file: one listener, one backend, and the echo for whom that does not take.
 *
 * @param listen where clients connect
 * @param backend the socket of the backend
 * @param service what the backend is told that clients ask for
 * @param broker hands over to that backend
 * @param timeout for one handoff
 */
record ShortForm(SocketAddress listen, Path backend, String service, HandoffBroker broker, Duration timeout) {

    BrokerConfig config() {
        ListenerConfig listener =
                new ListenerConfig(listenAddress(), service, NetUtil.SOMAXCONN, false, false, Integer.MAX_VALUE);
        ServiceConfig only =
                new ServiceConfig(new Backends.Listed(List.of(backend)), timeout, false, new Fallback.Echo());
        return new BrokerConfig(
                List.of(listener),
                List.of(),
                null,
                Map.of(service, only),
                PeekConfig.DEFAULT,
                LimitsConfig.DEFAULT,
                null);
    }

    private ListenAddress listenAddress() {
        return listen instanceof DomainSocketAddress unix
                ? new ListenAddress.Unix(Path.of(unix.path()))
                : new ListenAddress.Tcp(
                        NetUtil.toSocketAddressString((InetSocketAddress) listen), (InetSocketAddress) listen);
    }

    Service make(String name, ServiceConfig config, BrokerConfig all) {
        return new Service(name, config, all.limits(), this::handOff, broker.metrics());
    }

    private Future<PoolOutcome> handOff(Channel client, String name, long correlationId) {
        EventLoop loop = client.eventLoop();
        Promise<PoolOutcome> result = loop.newPromise();
        long start = loop.ticker().nanoTime();
        broker.handOff(client, name, HandoffToken.random(), correlationId).addListener((FutureListener<HandoffOutcome>)
                done -> {
                    HandoffOutcome outcome = done.getNow();
                    Duration duration = Duration.ofNanos(loop.ticker().nanoTime() - start);
                    result.setSuccess(
                            new PoolOutcome(List.of(new PoolOutcome.Attempt(backend, outcome, duration)), outcome));
                });
        return result;
    }

    /** Tells of each client what became of its one handoff. */
    static ClientSession.Audience audience(ReportPrinter printer) {
        return new ClientSession.Audience() {
            @Override
            public void looked(long nanos) {
                // Nobody is.
            }

            @Override
            public void ended(ClientReport report, @Nullable HandoffOutcome lastOutcome) {
                if (lastOutcome != null) {
                    printer.print(BrokerReport.of(report.id(), lastOutcome));
                }
            }
        };
    }
}
