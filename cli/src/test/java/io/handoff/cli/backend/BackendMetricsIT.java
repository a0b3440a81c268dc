package io.handoff.cli.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.cli.EchoClient;
import io.handoff.cli.HandoffProcess;
import io.handoff.cli.RawPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of {@code handoff backend}, read over HTTP as Prometheus does. */
@Timeout(60)
class BackendMetricsIT {

    private static final String METRICS = "metrics on ";

    @TempDir
    Path directory;

    @Test
    void shouldShowToPrometheusWhatHasHappened() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory, "--metrics", "127.0.0.1:0");
                HandoffProcess broker = HandoffProcess.startBroker(directory, "127.0.0.1:0")) {
            String url = backend.awaitLines(2).get(1);
            assertThat(url).matches(METRICS + "http://127\\.0\\.0\\.1:[1-9][0-9]*/metrics");
            try (EchoClient client = EchoClient.connect(broker.address())) {
                assertThat(client.talk("hello")).isEqualTo("hello");
            }
            RawPeer.exchange(HandoffProcess.socketIn(directory), "00");
            assertThat(backend.awaitLines(4)).last().asString().startsWith("closed: ");

            String page = await().until(
                            () -> scrape(url.substring(METRICS.length())),
                            text -> text.contains("handoff_connections_open 0.0"));

            assertThat(page.lines())
                    .contains(
                            "handoff_connections_opened_total 2.0",
                            "handoff_offers_total{outcome=\"accepted\",reason=\"none\"} 1.0",
                            "handoff_offers_total{outcome=\"rejected\",reason=\"token_mismatch\"} 0.0",
                            "handoff_wire_errors_total{kind=\"descriptor_missing\"} 1.0",
                            "handoff_tokens_total{event=\"registered\"} 1.0",
                            "handoff_tokens_total{event=\"consumed\"} 1.0",
                            "handoff_tokens_pending 0.0",
                            "handoff_descriptors_total{event=\"adopted\"} 1.0",
                            "handoff_descriptors_open 0.0",
                            "handoff_answers_seconds_count 1",
                            "handoff_adoptions_seconds_count 1");
            assertThat(secondsIn(page, "handoff_answers_seconds_sum"))
                    .isPositive()
                    .isLessThan(secondsIn(page, "handoff_adoptions_seconds_sum"));
            assertThat(page).doesNotContainPattern("\\p{XDigit}{32}");
            assertThat(scrape(url.substring(METRICS.length()).replace("/metrics", "/healthz")))
                    .isEqualTo("ok\n");
            assertThat(documentedNames())
                    .hasSizeGreaterThan(10)
                    .allSatisfy(name -> assertThat(page).containsPattern("(?m)^" + name + "(_sum)?[ {]"));
        }
    }

    @Test
    void shouldPrintTheAddressAsJsonWhenEveryLineIs() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startBackend(directory, "--metrics", "[::1]:0", "--json")) {
            assertThat(backend.awaitLines(2).get(1))
                    .matches("\\{\"event\":\"metrics\",\"url\":\"http://\\[[0:]+1]:[1-9][0-9]*/metrics\"}");
        }
    }

    @Test
    void shouldExplainThatThePortIsTakenAndListenNowhere() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HandoffProcess backend =
                        HandoffProcess.startBackend(directory, "--metrics", "127.0.0.1:" + taken.getLocalPort())) {
            assertThat(backend.awaitExit()).isEqualTo(1);
            assertThat(backend.errors())
                    .startsWith("handoff backend: cannot show metrics on 127.0.0.1:" + taken.getLocalPort() + ": ")
                    .hasLineCount(1);
            assertThat(backend.lines()).isEmpty();
            assertThat(HandoffProcess.socketIn(directory)).doesNotExist();
        }
    }

    private static String scrape(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    private static double secondsIn(String page, String name) {
        MatchResult found = Pattern.compile("(?m)^" + name + " (.*)$")
                .matcher(page)
                .results()
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(found.group(1));
    }

    /** The names in the fourth column of the table of a backend's. */
    private static List<String> documentedNames() throws IOException {
        Pattern row = Pattern.compile(
                "(?m)^\\| `handoff\\.(?!broker\\.|takeover\\.)[^|]*\\|[^|]*\\|[^|]*\\| `([a-z_]+)` \\|");
        return row.matcher(Files.readString(Path.of("../docs/metrics.md")))
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
