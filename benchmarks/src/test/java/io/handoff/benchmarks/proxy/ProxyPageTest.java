package io.handoff.benchmarks.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.benchmarks.host.Host;
import io.handoff.benchmarks.host.RunConditions;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyPageTest {

    /** At one client a connection and a later request take so many µs, in two rounds, of which the second is as long again. */
    private final String page = new ProxyPage(
                    results(),
                    new RunConditions(
                            LocalDate.of(2026, 11, 27),
                            new Host(2, "amd64", "AMD EPYC", true, "6.18"),
                            "0.1 before, 0.2 after",
                            "benchmarks/proxy --rounds 2"),
                    "HAProxy 2.6",
                    new ProxyRounds(
                            List.of(Way.values()),
                            List.of(1, 1000),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(2),
                            1000,
                            System.err),
                    2)
            .toMarkdown();

    private static ProxyResults results() {
        List<Sample> samples = new ArrayList<>();
        List<Idle> idle = new ArrayList<>();
        for (int round = 1; round <= 2; round++) {
            for (int clients : List.of(1, 1000)) {
                add(samples, round, clients, Way.DIRECT, 90, 50);
                add(samples, round, clients, Way.HAPROXY, 200, 100);
                add(samples, round, clients, Way.HANDOFF, 300, clients == 1 ? 50 : 200);
            }
            idle.add(new Idle(round, Way.DIRECT, 1000));
            idle.add(new Idle(round, Way.HAPROXY, 3000 * round));
            idle.add(new Idle(round, Way.HANDOFF, 1100));
        }
        return new ProxyResults(samples, idle);
    }

    private static void add(
            List<Sample> samples, int round, int clients, Way way, double connectionMicros, double requestMicros) {
        double connection = connectionMicros * round;
        double request = requestMicros * round;
        samples.add(new Sample(
                round, way, Load.CONNECTIONS, clients, 1000, connection, 2 * connection, connection / 10, round));
        samples.add(new Sample(round, way, Load.REQUESTS, clients, 2000, request, 2 * request, request / 10, 0));
    }

    @Test
    void shouldSayWhereAndHowItWasMeasured() {
        assertThat(page)
                .startsWith("# A handoff beside a proxy, 2026-11-27\n")
                .contains("- Host: 2 vCPU amd64 VM, AMD EPYC, Linux 6.18; load average 0.1 before, 0.2 after\n")
                .contains("; HAProxy 2.6, TCP mode, one thread\n")
                .contains("- Rounds: 2, each with new processes for every way: 5 s warm-up,"
                        + " then for each number 2 s measured after 0.5 s uncounted\n")
                .contains("- Command: `benchmarks/proxy --rounds 2`\n");
    }

    @Test
    void shouldHoldEveryTargetAgainstItsMeasurement() {
        assertThat(page).contains("""
                | what | target | measured | |
                |---|--:|--:|---|
                | new connection to first echo, one client, p50 ÷ HAProxy | ≤ 1 | 1.50 (1.50–1.50) | **not met** |
                | later request, one client, p50 ÷ direct | ≤ 1.05 | 1.00 (1.00–1.00) | met |
                """);
    }

    @Test
    void shouldTellWhenAHandoffIsPaidFor() {
        assertThat(page).contains("""
                | clients | by the client's time (p50) | by the servers' CPU |
                |--:|--:|--:|
                | 1 | 3 (3–3) | 3 (3–3) |
                | 1,000 | never (never–never) | never (never–never) |
                """);
    }

    @Test
    void shouldShowEachWayWithEachNumberOfClients() {
        assertThat(page).contains("""
                ## New connection to first echo

                | clients | way | per second | p50 µs | p99 µs | CPU µs each | errors |
                |--:|---|--:|--:|--:|--:|--:|
                | 1 | direct | 1,000 (1,000–1,000) | 135 (90–180) | 270 (180–360) | 13.5 (9.0–18.0) | 3 |
                | 1 | HAProxy | 1,000 (1,000–1,000) | 300 (200–400) | 600 (400–800) | 30.0 (20.0–40.0) | 3 |
                | 1 | handoff | 1,000 (1,000–1,000) | 450 (300–600) | 900 (600–1,200) | 45.0 (30.0–60.0) | 3 |
                | 1,000 | direct |""").contains("""
                ## Each later request

                | clients | way | per second | p50 µs | p99 µs | CPU µs each | errors |
                |--:|---|--:|--:|--:|--:|--:|
                | 1 | direct | 2,000 (2,000–2,000) | 75 (50–100) | 150 (100–200) | 7.5 (5.0–10.0) | 0 |
                """);
    }

    @Test
    void shouldShowWhatAnIdleConnectionHolds() {
        assertThat(page).endsWith("""
                | way | B each, of 1,000 |
                |---|--:|
                | direct | 1,000 (1,000–1,000) |
                | HAProxy | 4,500 (3,000–6,000) |
                | handoff | 1,100 (1,100–1,100) |
                """);
    }
}
