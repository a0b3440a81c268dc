package io.handoff.cli.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.cli.HandoffProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code handoff broker --check} and {@code --print-config}. */
@Timeout(60)
class ConfigCheckIT {

    @TempDir
    Path directory;

    @Test
    void shouldPrintAFileThatPassesItsOwnCheck() throws Exception {
        Path file = directory.resolve("broker.yaml");
        try (HandoffProcess print = HandoffProcess.start(directory, "broker", "--print-config")) {
            assertThat(print.awaitExit()).isZero();
            Files.write(file, print.lines());
        }
        try (HandoffProcess check = HandoffProcess.start(directory, "broker", "--config", file.toString(), "--check")) {
            assertThat(check.awaitExit()).as(check.output()).isZero();
            assertThat(check.lines()).containsExactly("nothing is wrong with " + file);
        }
    }

    @Test
    void shouldTellAllThatIsWrongWithoutStarting() throws Exception {
        Path file = Files.writeString(directory.resolve("broker.yaml"), """
                listeners:
                  - address: clients.sock
                    backlog: 5s
                services:
                  web: {backends: [/run/web.sock], retries: 3}
                """);
        for (String[] arguments : new String[][] {
            {"broker", "--config", file.toString(), "--check"}, {"broker", "--config", file.toString()}
        }) {
            try (HandoffProcess check = HandoffProcess.start(directory, arguments)) {
                assertThat(check.awaitExit()).isEqualTo(1);
                assertThat(check.errors().lines())
                        .containsExactly(
                                file + ":2:14: address: 'clients.sock' is no address; expected HOST:PORT, such as"
                                        + " 127.0.0.1:7000 or [::1]:7000, or the path of a Unix-domain socket, with a"
                                        + " slash, such as ./clients.sock",
                                file + ":3:14: backlog: '5s' is no number; expected a whole one",
                                file + ":5:36: unknown key 'retries'; expected backends, directory, timeout,"
                                        + " readyEvent, fallback");
                assertThat(check.lines()).isEmpty();
            }
        }
    }

    @Test
    void shouldSayThatItCannotListenWhereSomebodyElseDoes() throws Exception {
        Path file = Files.writeString(directory.resolve("broker.yaml"), """
                listeners: [{address: systemd:web}]
                services: {web: {backends: [/run/web.sock]}}
                """);
        try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, file, 1)) {
            assertThat(broker.awaitExit()).isEqualTo(1);
            assertThat(broker.errors())
                    .isEqualToIgnoringNewLines("handoff broker: cannot listen on systemd:web: systemd has passed no"
                            + " socket: LISTEN_FDS and LISTEN_PID are not set");
        }
    }

    @Test
    void shouldSayThatItCannotHearOfReloads() throws Exception {
        Path file = Files.writeString(directory.resolve("broker.yaml"), """
                listeners: [{address: DIR/clients.sock}]
                services: {web: {backends: [DIR/web.sock]}}
                """.replace("DIR", directory.toString()));
        try (HandoffProcess broker =
                HandoffProcess.startWithSighupIgnored(directory, "broker", "--config", file.toString())) {
            broker.awaitLines(1);
            assertThat(broker.errors())
                    .isEqualTo("handoff broker: SIGHUP is ignored, as it was when this process began (nohup): " + file
                            + " will not be read again");
        }
    }
}
