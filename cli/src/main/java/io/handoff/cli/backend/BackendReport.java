package io.handoff.cli.backend;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.handoff.cli.report.Printable;
import io.handoff.cli.report.Report;
import io.handoff.netty.observe.ConnectionRefusal;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.HandoffWireException;

/** What a backend reports: that it listens, and then each of its decisions. */
sealed interface BackendReport extends Report {

    /** From now on offers are answered. */
    @JsonTypeName("listening")
    record Listening(String path) implements BackendReport {
        @Override
        public String text() {
            return "listening on " + path;
        }
    }

    /** From now on the metrics can be read. */
    @JsonTypeName("metrics")
    record Metrics(String url) implements BackendReport {
        @Override
        public String text() {
            return "metrics on " + url;
        }
    }

    /** An offer was accepted, its token consumed. */
    @JsonTypeName("accepted")
    record Accepted(String serviceName, String correlationId, int pid, long uid) implements BackendReport {
        @Override
        public String text() {
            return "accepted service=" + Printable.word(serviceName) + " correlation_id=" + correlationId + " pid="
                    + pid;
        }
    }

    /** An offer was rejected. */
    @JsonTypeName("rejected")
    record Rejected(
            String serviceName, String correlationId, HandoffRejection.Reason reason, String detail, int pid, long uid)
            implements BackendReport {
        @Override
        public String text() {
            return "rejected correlation_id=" + correlationId + ": " + detail;
        }
    }

    /** The ACK could not be written: the broker lets go, and what was adopted is closed. */
    @JsonTypeName("unanswered")
    record Unanswered(String serviceName, String correlationId, int pid, long uid) implements BackendReport {
        @Override
        public String text() {
            return "unanswered correlation_id=" + correlationId + ": the ACK could not be written";
        }
    }

    /** A connection broke the protocol and was closed without an ACK. */
    @JsonTypeName("closed")
    record Closed(HandoffWireException.Kind reason, String detail, int pid, long uid) implements BackendReport {
        @Override
        public String text() {
            return "closed: " + Printable.line(detail);
        }
    }

    /** A connection was closed before a byte of it was read. */
    @JsonTypeName("refused")
    record Refused(ConnectionRefusal reason, int pid, long uid) implements BackendReport {
        @Override
        public String text() {
            return "refused pid=" + pid + " uid=" + uid + ": " + reason;
        }
    }
}
