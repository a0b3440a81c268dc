package io.handoff.cli.broker;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.handoff.cli.report.Printable;
import io.handoff.cli.report.Report;
import io.handoff.netty.broker.HandoffOutcome;
import java.util.List;

/** What a broker reports: that it listens, and then what became of each client. */
sealed interface BrokerReport extends Report {

    /** From now on clients are accepted. */
    @JsonTypeName("listening")
    record Listening(String address, Transport transport) implements BrokerReport {
        @Override
        public String text() {
            return "listening on " + address + " (" + transport.text + ")";
        }
    }

    /** How clients connect. */
    enum Transport {
        TCP("TCP"),
        UNIX("Unix socket");

        private final String text;

        Transport(String text) {
            this.text = text;
        }
    }

    /** From now on no more clients are accepted there, by what the file says. */
    @JsonTypeName("closed")
    record Closed(String address) implements BrokerReport {
        @Override
        public String text() {
            return "no longer listening on " + address;
        }
    }

    /** Where Prometheus can read the metrics. */
    @JsonTypeName("metrics")
    record Metrics(String url) implements BrokerReport {
        @Override
        public String text() {
            return "metrics on " + url;
        }
    }

    /** What the file says is in force from now on. */
    @JsonTypeName("reloaded")
    record Reloaded(String file) implements BrokerReport {
        @Override
        public String text() {
            return "reloaded " + file;
        }
    }

    /** What the file said before stays in force. */
    @JsonTypeName("reload_refused")
    record ReloadRefused(List<String> problems) implements BrokerReport {
        @Override
        public String text() {
            return "not reloaded, and all stays as it was: " + Printable.line(String.join("; ", problems));
        }
    }

    /** The backend has the client. */
    @JsonTypeName("accepted")
    record Accepted(String correlationId) implements BrokerReport {
        @Override
        public String text() {
            return "accepted correlation_id=" + correlationId;
        }
    }

    /** The backend has refused the client, which is served here. The detail is the backend's. */
    @JsonTypeName("rejected")
    record Rejected(String correlationId, String detail) implements BrokerReport {
        @Override
        public String text() {
            return "rejected correlation_id=" + correlationId + ": " + Printable.line(detail);
        }
    }

    /** The handoff came to no answer; the client is served here if its connection is still usable. */
    @JsonTypeName("failed")
    record Failed(String correlationId, HandoffOutcome.Stage stage, String detail, boolean connectionUsable)
            implements BrokerReport {
        @Override
        public String text() {
            return "failed correlation_id=" + correlationId + " stage=" + stage + ": " + Printable.line(detail);
        }
    }

    /** Reports the outcome of one handoff. */
    static BrokerReport of(String id, HandoffOutcome outcome) {
        if (outcome instanceof HandoffOutcome.Rejected rejected) {
            return new Rejected(id, rejected.detail());
        }
        if (outcome instanceof HandoffOutcome.Failed failed) {
            return new Failed(
                    id, failed.stage(), String.valueOf(failed.cause().getMessage()), failed.connectionUsable());
        }
        return new Accepted(id);
    }
}
