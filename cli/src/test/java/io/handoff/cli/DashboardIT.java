package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards in docs/grafana, held against what a backend and a broker show to Prometheus. */
@Timeout(60)
class DashboardIT {

    private static final Pattern METER = Pattern.compile("\\bhandoff_[a-z_]+");

    @TempDir
    Path directory;

    @Test
    void shouldNameOnlyMetersThatThereAre() throws Exception {
        Path config = Files.writeString(directory.resolve("broker.yaml"), """
                listeners: [{address: 127.0.0.1:0}]
                default: echo
                services: {echo: {backends: [BACKEND]}}
                metrics: 127.0.0.1:0
                """.replace(
                        "BACKEND", HandoffProcess.socketIn(directory).toString()));
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory, "--metrics", "127.0.0.1:0");
                HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 2)) {
            try (EchoClient client = EchoClient.connect(broker.address())) {
                assertThat(client.talk("hello")).isEqualTo("hello");
            }
            broker.awaitLines(3);

            assertOnlyKnown("handoff-backend.json", scrape(backend.awaitLines(2).get(1)));
            assertOnlyKnown("handoff-broker.json", scrape(broker.lines().get(1)));
        }
    }

    private static void assertOnlyKnown(String dashboard, String page) throws IOException {
        String json = Files.readString(Path.of("../docs/grafana", dashboard));
        Set<String> meters = page.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst("[{ ].*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> named =
                METER.matcher(json).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));

        assertThat(named).hasSizeGreaterThan(5).isSubsetOf(meters);
        assertThat(new JsonMapper().readTree(json).get("panels"))
                .hasSizeGreaterThan(5)
                .allSatisfy(panel -> assertThat(panel.get("targets"))
                        .isNotEmpty()
                        .allSatisfy(target ->
                                assertThat(target.get("expr").asText()).contains("handoff_")));
    }

    private static String scrape(String line) throws IOException, InterruptedException {
        String url = line.replaceFirst("^metrics on ", "");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }
}
