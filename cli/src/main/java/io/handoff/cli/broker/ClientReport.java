package io.handoff.cli.broker;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.handoff.cli.report.Printable;
import io.handoff.cli.report.Report;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What became of one client, told once it is no longer the broker's. The form of the line is a contract: new fields come
 * before the last one. What is not known is {@code -}.
 *
 * @param id the correlation id, as backends were told
 * @param listener where it connected, as the file has it
 * @param from its address; of a Unix-domain socket its process
 * @param protocol what it spoke first; null if it was not looked at
 * @param name the host that it asked for
 * @param route the conditions that it fitted; or listener, default, none
 * @param service where it went
 * @param outcome what became of it
 * @param endedBy who ended its connection here
 * @param state how far it was by then
 * @param backend who has it, or was asked last
 * @param attempts what each backend that was asked said
 * @param lookMs milliseconds for which it was looked at
 * @param handoffMs milliseconds for which backends were asked
 * @param totalMs milliseconds from when it was accepted to the end
 * @param bytesToServer bytes that were proxied, of the client's
 * @param bytesToClient bytes that were proxied, of the server's
 * @param detail why
 */
@JsonTypeName("client")
record ClientReport(
        String id,
        String listener,
        String from,
        @Nullable String protocol,
        @Nullable String name,
        @Nullable String route,
        @Nullable String service,
        Outcome outcome,
        EndedBy endedBy,
        State state,
        @Nullable String backend,
        List<Attempt> attempts,
        long lookMs,
        long handoffMs,
        long totalMs,
        long bytesToServer,
        long bytesToClient,
        @Nullable String detail)
        implements Report {

    /** What became of a client. */
    enum Outcome {
        /** A backend has it. */
        ACCEPTED,
        /** No backend has taken it, and it was proxied. */
        PROXIED,
        /** It was closed: no route, or nobody who took it. */
        CLOSED,
        /** It was gone before anybody had taken it. */
        LEFT,
        /** Its connection was sent to a backend that has not answered. Who has it is not known; it is closed here. */
        LOST,
        /** No backend has taken it, and it is sent back what it sends. */
        ECHOED
    }

    /** Who ended the connection here. */
    enum EndedBy {
        NOBODY,
        CLIENT,
        BROKER,
        BACKEND,
        SERVER
    }

    /** How far a client was. */
    enum State {
        LOOK,
        ROUTE,
        HANDOFF,
        CONNECT,
        PROXY
    }

    /** One backend that was asked. */
    record Attempt(String backend, String result, long ms) {
        private String text() {
            return Printable.word(backend) + ":" + result + ":" + ms + "ms";
        }
    }

    @Override
    public String text() {
        return "client id=" + id + " listener=" + Printable.word(listener) + " from=" + from + " protocol="
                + word(protocol) + " name=" + word(name) + " route=" + word(route) + " service=" + word(service)
                + " outcome=" + lower(outcome) + " ended_by=" + lower(endedBy) + " state=" + lower(state) + " backend="
                + word(backend) + " attempts="
                + (attempts.isEmpty()
                        ? "-"
                        : attempts.stream().map(Attempt::text).collect(Collectors.joining(",")))
                + " look_ms=" + lookMs + " handoff_ms=" + handoffMs + " total_ms=" + totalMs + " bytes_to_server="
                + bytesToServer + " bytes_to_client=" + bytesToClient + " detail="
                + (detail == null ? "-" : Printable.line(detail));
    }

    private static String word(@Nullable String value) {
        return value == null || value.isEmpty() ? "-" : Printable.word(value);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
