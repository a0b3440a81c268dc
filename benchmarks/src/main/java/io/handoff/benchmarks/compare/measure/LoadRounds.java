package io.handoff.benchmarks.compare.measure;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.contender.ServerCommands;
import io.handoff.benchmarks.compare.contender.ServerProcess;
import io.handoff.benchmarks.compare.contender.SocketDirectory;
import io.handoff.benchmarks.load.LoadGenerator;
import io.handoff.benchmarks.load.LoadPlan;
import io.handoff.benchmarks.load.LoadResult;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Measures servers in turn, again and again, each time in a new process: so the rounds differ by what the JIT compiler
 * happened to do, too, and a machine that gets slower in the course of time does so for all of them.
 *
 * @param commands how to start the servers
 * @param warmUp how long each that runs on a JVM is under load before it is measured
 * @param duration how long it is measured
 * @param log told of every measurement
 */
public record LoadRounds(ServerCommands commands, Duration warmUp, Duration duration, PrintStream log) {

    public List<Measurement> run(List<Comparison> comparisons, int rounds) throws IOException {
        List<Measurement> all = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (Comparison comparison : comparisons) {
                for (Contender server : comparison.contenders()) {
                    Measurement measured = measure(comparison, server, round);
                    all.add(measured);
                    log.printf(
                            "round %d, %s, %s: %,.0f/s, p99 %,.0f µs %s%n",
                            round,
                            comparison.title(),
                            server.title(),
                            measured.perSecond(),
                            measured.latencyMicros().p99(),
                            measured.errors().isEmpty() ? "" : measured.errors());
                }
            }
        }
        return all;
    }

    private Measurement measure(Comparison comparison, Contender server, int round) throws IOException {
        try (SocketDirectory directory = SocketDirectory.create()) {
            LoadPlan plan = comparison.plan(server, directory.socket(), warmUp, duration);
            try (ServerProcess process = ServerProcess.start(commands.of(server, plan))) {
                Executor afterWarmUp =
                        CompletableFuture.delayedExecutor(plan.warmUp().toNanos(), TimeUnit.NANOSECONDS);
                CompletableFuture<ServerUse> before =
                        CompletableFuture.supplyAsync(() -> use(process, server), afterWarmUp);
                LoadResult result = LoadGenerator.run(plan, progress -> {});
                return Measurement.of(comparison, server, round, result, before.join(), use(process, server));
            }
        }
    }

    private static ServerUse use(ServerProcess process, Contender server) {
        try {
            return ServerUse.of(process, server.isJvm());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
