package io.handoff.cli;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.handoff.netty.HandoffOutcome;

/** What a broker reports: that it listens, and then what became of each client. */
sealed interface BrokerReport extends Report {

    /** From now on clients are accepted. */
    @JsonTypeName("listening")
    record Listening(String address) implements BrokerReport {
        @Override
        public String text() {
            return "listening on " + address;
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
    static BrokerReport of(long correlationId, HandoffOutcome outcome) {
        String id = Long.toUnsignedString(correlationId);
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
