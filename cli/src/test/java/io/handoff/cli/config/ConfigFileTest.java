package io.handoff.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handoff.cli.config.ServiceConfig.Backends;
import io.handoff.cli.config.ServiceConfig.Fallback;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {

    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(listeners:.*?)```");

    private static final String LEAST = """
            listeners:
              - address: 127.0.0.1:8443
            services:
              web:
                backends: [/run/web/1.sock]
            """;

    @Test
    void shouldTakeDefaultsForWhatIsNotSaid() throws Exception {
        BrokerConfig config = ConfigFile.parse("f", LEAST);

        assertThat(config)
                .isEqualTo(new BrokerConfig(
                        List.of(ListenerConfig.at(
                                new ListenAddress.Tcp("127.0.0.1:8443", Values.tcpAddress("127.0.0.1:8443")))),
                        List.of(),
                        null,
                        Map.of(
                                "web",
                                new ServiceConfig(
                                        new Backends.Listed(List.of(Path.of("/run/web/1.sock"))),
                                        Duration.ofSeconds(5),
                                        false,
                                        new Fallback.Close())),
                        PeekConfig.DEFAULT,
                        LimitsConfig.DEFAULT,
                        null));
    }

    @Test
    void shouldReadAllThatCanBeSaid() throws Exception {
        BrokerConfig config = ConfigFile.parse("f", """
                listeners:
                  - {address: "[::1]:80", backlog: 7, reusePort: true, keepAlive: false, maxConnections: 3}
                  - {address: ./clients.sock, service: files}
                  - {address: systemd:https}
                routes:
                  - {sni: "*.Example.ORG", alpn: h2, service: web}
                  - {host: www.example.org, pathPrefix: /api/, service: files}
                default: web
                services:
                  web: {directory: /run/web, timeout: 500ms, readyEvent: true, fallback: proxy 127.0.0.1:8080}
                  files: {backends: [/run/files.sock], fallback: "proxy /run/old.sock"}
                peek: {timeout: 2s, maxBytes: 16KiB}
                limits: {threads: 2, handoffsInFlight: 9, maxFailures: 4, failureWindow: 1m, drainTimeout: 1s}
                metrics: 127.0.0.1:9464
                """);

        assertThat(config.listeners())
                .containsExactly(
                        new ListenerConfig(
                                new ListenAddress.Tcp("[::1]:80", Values.tcpAddress("[::1]:80")),
                                null,
                                7,
                                true,
                                false,
                                3),
                        new ListenerConfig(
                                new ListenAddress.Unix(Path.of("./clients.sock")), "files", 1024, false, true, 10_000),
                        ListenerConfig.at(new ListenAddress.Systemd("https")));
        assertThat(config.routes())
                .containsExactly(
                        new RouteConfig("*.example.org", "h2", null, null, "web"),
                        new RouteConfig(null, null, "www.example.org", "/api/", "files"));
        assertThat(config.defaultService()).isEqualTo("web");
        assertThat(config.services())
                .containsExactly(
                        Map.entry(
                                "web",
                                new ServiceConfig(
                                        new Backends.Watched(Path.of("/run/web")),
                                        Duration.ofMillis(500),
                                        true,
                                        new Fallback.Proxy("127.0.0.1:8080", Values.tcpAddress("127.0.0.1:8080")))),
                        Map.entry(
                                "files",
                                new ServiceConfig(
                                        new Backends.Listed(List.of(Path.of("/run/files.sock"))),
                                        Duration.ofSeconds(5),
                                        false,
                                        new Fallback.Proxy(
                                                "/run/old.sock", new DomainSocketAddress("/run/old.sock")))));
        assertThat(config.peek()).isEqualTo(new PeekConfig(Duration.ofSeconds(2), 16 * 1024));
        assertThat(config.limits()).isEqualTo(new LimitsConfig(2, 9, 4, Duration.ofMinutes(1), Duration.ofSeconds(1)));
        assertThat(config.metrics()).isEqualTo(Values.tcpAddress("127.0.0.1:9464"));
    }

    @Test
    void shouldPrintDefaultsThatAreTheDefaults() throws Exception {
        String withoutDefaults = """
                listeners: [{address: 127.0.0.1:8443}]
                routes:
                  - {sni: "*.example.org", alpn: h2, service: web}
                  - {host: www.example.org, pathPrefix: /, service: web}
                default: web
                services: {web: {backends: [/run/web/1.sock, /run/web/2.sock]}}
                """;

        assertThat(ConfigFile.parse("printed", ConfigFile.defaults()))
                .isEqualTo(ConfigFile.parse("f", withoutDefaults));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            2:5   | - address: 127.0.0.1:8443  | - adress: 127.0.0.1:8443       | unknown key 'adress'; expected address, service, backlog, reusePort, keepAlive, maxConnections
            2:5   | - address: 127.0.0.1:8443  | - backlog: 5                   | a listener without an address; expected address: HOST:PORT, PATH or systemd:NAME
            2:14  | address: 127.0.0.1:8443    | address: 127.0.0.1             | address: '127.0.0.1' is no address; expected HOST:PORT, such as 127.0.0.1:7000 or [::1]:7000, or the path of a Unix-domain socket, with a slash, such as ./clients.sock
            2:14  | address: 127.0.0.1:8443    | address: 127.0.0.1:84430       | address: port 84430 is too large; expected 0 to 65535
            2:14  | address: 127.0.0.1:8443    | address: "systemd:"            | address: 'systemd:' has no name; expected systemd:NAME, with the FileDescriptorName= of a socket unit
            2:14  | address: 127.0.0.1:8443    | address: [1, 2]                | address: found a list; expected one value
            3:14  | 127.0.0.1:8443             | 127.0.0.1:8443~    backlog: many | backlog: 'many' is no number; expected a whole one
            3:14  | 127.0.0.1:8443             | 127.0.0.1:8443~    backlog: 0    | backlog: '0' is out of bounds; expected a whole number from 1 to 65535
            3:16  | 127.0.0.1:8443             | 127.0.0.1:8443~    reusePort: on | reusePort: 'on' is neither; expected true or false
            3:14  | 127.0.0.1:8443             | 127.0.0.1:8443~    service: wob  | service: there is no service 'wob'; expected web
            5:15  | [/run/web/1.sock]          | /run/web/1.sock                | backends: found '/run/web/1.sock'; expected a list
            5:16  | [/run/web/1.sock]          | [127.0.0.1:80]                 | backends: '127.0.0.1:80' is no path; expected that of a Unix-domain socket, such as /run/app/handoff.sock; one that looks like an address takes a slash, such as ./7000
            5:5   | backends: [/run/web/1.sock] | timeout: 5s                   | a service without backends; expected backends: [PATH, …], or directory: PATH
            5:5   | [/run/web/1.sock]          | [/a, /a]                       | a backend twice; expected each socket once
            6:14  | 1.sock]                    | 1.sock]~    timeout: 5         | timeout: '5' is not a duration; expected a number and its unit (ms, s, m, h), such as 5s
            6:15  | 1.sock]                    | 1.sock]~    fallback: echo     | fallback: 'echo' is no fallback; expected close, proxy HOST:PORT or proxy PATH
            6:15  | 1.sock]                    | 1.sock]~    fallback: proxy h:0 | fallback: unknown host 'h'
            6:15  | 1.sock]                    | 1.sock]~    fallback: proxy 127.0.0.1:0 | fallback: '127.0.0.1:0' has port 0; expected 1 to 65535
            6:5   | 1.sock]                    | 1.sock]~    backends: [/b]     | key 'backends' again; it is in line 5
            """)
    void shouldSayWhereSomethingIsWrongAndWhatWasExpected(
            String where, String original, String replacement, String expected) {
        String yaml = LEAST.replace(original, replacement.replace("~", "\n"));

        assertThat(problemsOf(yaml)).contains("f:" + where + ": " + expected);
    }

    @Test
    void shouldTellAllThatIsWrongInTheOrderOfTheFile() {
        assertThat(problemsOf("""
                        routes:
                          - sni: a.example
                            pathPrefix: /x
                            service: web
                          - service: web
                          - {sni: a.example, service: web}
                          - {sni: A.example, service: web}
                          - {host: "b.example:80", service: web}
                          - {alpn: h2}
                        listeners: []
                        services:
                          web: {directory: /run/web, backends: [/run/web/1.sock]}
                        peek: {maxBytes: 64 KB}
                        nonsense: 1
                        """))
                .containsExactly(
                        "f:1:1: no listener; expected one at least under 'listeners'",
                        "f:2:5: a route for both TLS (sni, alpn) and plain HTTP/1 (host, pathPrefix), which no client"
                                + " fits; expected two routes",
                        "f:5:5: a route without a condition; expected sni, alpn, host or pathPrefix; 'default' is for"
                                + " all others",
                        "f:7:5: a route for sni=a.example again; the one in line 6 decides",
                        "f:8:12: host: 'b.example:80' is no name of a host; expected one without port, such as"
                                + " www.example.org, or *.example.org for all below it",
                        "f:9:5: a route without a service; expected service: NAME",
                        "f:12:8: a service with both backends and directory; expected one of them",
                        "f:13:18: maxBytes: '64 KB' is no size; expected a whole number of bytes, KiB or MiB, such as"
                                + " 64KiB",
                        "f:14:1: unknown key 'nonsense'; expected listeners, routes, default, services, peek, limits,"
                                + " metrics");
    }

    @Test
    void shouldCountAKeyWithoutAValueAsLeftOut() throws Exception {
        assertThat(ConfigFile.parse("f", LEAST + "routes:\npeek:\nlimits:\nmetrics:\n"))
                .isEqualTo(ConfigFile.parse("f", LEAST));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "# a comment\n", "listeners: [", "a: b: c", "\tlisteners: 1", "--- 1\n--- 2\n", "*unknown"})
    void shouldRefuseWhatIsNoSuchFile(String yaml) {
        assertThat(problemsOf(yaml)).singleElement().asString().matches("f(:[1-9][0-9]*:[1-9][0-9]*)?: .+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "[1, 2]"})
    void shouldSayWhatTheFileIsInsteadOfKeysWithValues(String yaml) {
        assertThat(problemsOf(yaml))
                .first()
                .asString()
                .startsWith("f:1:1: found ")
                .endsWith("; expected keys with values");
    }

    @Test
    void shouldSayThatAFileIsMissingOrNotText(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("broker.yaml");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigFile.read(file))
                .withMessage(file + ": no such file");
        Files.write(file, new byte[] {(byte) 0xFF});
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigFile.read(file))
                .withMessage(file + ": it is not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/broker.md"})
    void shouldTakeWhatThePagesShow(String page) throws Exception {
        List<String> examples = EXAMPLE.matcher(Files.readString(Path.of("..", page)))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(examples).isNotEmpty();
        for (String example : examples) {
            assertThat(ConfigFile.parse(page, example).services()).hasSizeGreaterThan(1);
        }
    }

    @Test
    void shouldTakeTheSampleForSystemd() throws Exception {
        assertThat(ConfigFile.read(Path.of("../docs/systemd/broker.yaml")).listeners())
                .extracting(ListenerConfig::address)
                .containsExactly(new ListenAddress.Systemd("clients"));
    }

    @Test
    void shouldHaveEverySettingOnItsPageAndAmongThePrintedDefaults() throws Exception {
        String page = Files.readString(Path.of("../docs/broker.md"));
        Set<String> inRecords = Stream.of(ListenerConfig.class, RouteConfig.class, PeekConfig.class, LimitsConfig.class)
                .flatMap(type -> Arrays.stream(type.getRecordComponents()))
                .map(RecordComponent::getName)
                .collect(Collectors.toSet());
        inRecords.addAll(Set.of("backends", "directory", "timeout", "readyEvent", "fallback", "metrics", "default"));

        assertThat(inRecords).hasSizeGreaterThan(15).allSatisfy(key -> {
            assertThat(page).containsPattern("`" + key + "\\b");
            assertThat(ConfigFile.defaults()).containsPattern("(?m)^[ #-]*" + key + ":");
        });
    }

    private static List<String> problemsOf(String yaml) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigFile.parse("f", yaml))
                .problems();
    }
}
