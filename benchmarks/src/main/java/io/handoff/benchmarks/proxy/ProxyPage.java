package io.handoff.benchmarks.proxy;

import io.handoff.benchmarks.compare.measure.Settings;
import io.handoff.benchmarks.compare.page.Quantity;
import io.handoff.benchmarks.compare.page.Target;
import io.handoff.benchmarks.host.Jvm;
import io.handoff.benchmarks.host.RunConditions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The page, in Markdown.
 *
 * @param results what was measured
 * @param conditions where and how
 * @param haproxy its name and version
 * @param rounds how many, what, and how long
 * @param count of the rounds
 */
record ProxyPage(ProxyResults results, RunConditions conditions, String haproxy, ProxyRounds rounds, int count) {

    String toMarkdown() {
        return head()
                + targets()
                + paidFor()
                + table("New connection to first echo", Load.CONNECTIONS)
                + table("Each later request", Load.REQUESTS)
                + idle();
    }

    private String head() {
        Duration uncounted = rounds.duration().dividedBy(4);
        return """
                # A handoff beside a proxy, %s

                - Host: %s
                - JVM: %s %s, `%s`
                - %s; %s, TCP mode, one thread
                - Rounds: %d, each with new processes for every way: %s warm-up, then for each number %s measured after %s uncounted
                - Command: `%s`

                A client connects over the loopback interface, sends a ClientHello of TLS and gets it back, from the server directly, through
                HAProxy, or handed off by a broker; the latter two choose the server by the name in it. Later requests have 64 bytes. A
                number is the median of the rounds, with the least and the greatest in parentheses; what two ways are compared in is taken
                round by round. Each round is in [proxy.json](proxy.json);
                [how to read it](../../../docs/benchmarks.md#beside-a-proxy).

                """.formatted(
                        conditions.day(),
                        conditions.machine(),
                        System.getProperty("java.vm.name"),
                        System.getProperty("java.vm.version"),
                        String.join(" ", Jvm.FLAGS),
                        RunConditions.libraries(),
                        haproxy,
                        count,
                        Settings.text(rounds.warmUp()),
                        Settings.text(rounds.duration()),
                        Settings.text(uncounted),
                        conditions.command());
    }

    private String targets() {
        int one = rounds.clients().get(0);
        return "## Targets\n\n"
                + Target.table(List.of(
                        Target.atMost(
                                1,
                                "new connection to first echo, one client, p50 ÷ HAProxy",
                                Quantity.ratio(results.ratio(
                                        Way.HANDOFF, Way.HAPROXY, Load.CONNECTIONS, one, Sample::p50Micros))),
                        Target.atMost(
                                1.05,
                                "later request, one client, p50 ÷ direct",
                                Quantity.ratio(results.ratio(
                                        Way.HANDOFF, Way.DIRECT, Load.REQUESTS, one, Sample::p50Micros)))))
                + "\n";
    }

    private String paidFor() {
        return """
                ## When a handoff has paid for itself

                With so many requests on one connection the handoff has cost no more than HAProxy, connection included.

                | clients | by the client's time (p50) | by the servers' CPU |
                |--:|--:|--:|
                """
                + rounds.clients().stream()
                        .map(clients -> "| %s | %s | %s |\n"
                                .formatted(
                                        number(clients),
                                        paidFor(clients, Sample::p50Micros),
                                        paidFor(clients, Sample::cpuMicros)))
                        .collect(Collectors.joining())
                + "\n";
    }

    private String paidFor(int clients, ToDoubleFunction<Sample> cost) {
        return results.requestsUntilPaid(clients, cost).toText(0).replace("Infinity", "never");
    }

    private String table(String title, Load load) {
        return """
                ## %s

                | clients | way | per second | p50 µs | p99 µs | CPU µs each | errors |
                |--:|---|--:|--:|--:|--:|--:|
                """.formatted(title)
                + rounds.clients().stream()
                        .flatMap(clients -> Arrays.stream(Way.values()).map(way -> row(way, load, clients)))
                        .collect(Collectors.joining())
                + "\n";
    }

    private String row(Way way, Load load, int clients) {
        return "| %s | %s | %s | %s | %s | %s | %s |\n"
                .formatted(
                        number(clients),
                        way.title(),
                        results.spread(way, load, clients, Sample::perSecond).toText(0),
                        results.spread(way, load, clients, Sample::p50Micros).toText(0),
                        results.spread(way, load, clients, Sample::p99Micros).toText(0),
                        results.spread(way, load, clients, Sample::cpuMicros).toText(1),
                        number(results.errors(way, load, clients)));
    }

    private static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private String idle() {
        return """
                ## An idle connection

                | way | B each, of %s |
                |---|--:|
                """.formatted(number(rounds.idleConnections()))
                + Arrays.stream(Way.values())
                        .map(way -> "| %s | %s |\n"
                                .formatted(way.title(), results.idleBytes(way).toText(0)))
                        .collect(Collectors.joining());
    }
}
