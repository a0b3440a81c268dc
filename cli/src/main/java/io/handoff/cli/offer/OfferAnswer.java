package io.handoff.cli.offer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.handoff.cli.report.Printable;
import io.handoff.cli.report.Report;
import org.jspecify.annotations.Nullable;

/** What came of one offer, from where the broker stands. */
public sealed interface OfferAnswer extends Report {

    /** The exit status of {@code handoff offer}. */
    int exitCode();

    /** The ACK accepts. Without a descriptor there is no connection to send anything through, and no echo. */
    @JsonTypeName("accepted")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Accepted(String correlationId, @Nullable Echo echo) implements OfferAnswer {
        @Override
        public String text() {
            return echo == null ? "accepted" : "accepted, " + echo.text();
        }

        @Override
        public int exitCode() {
            return 0;
        }
    }

    /** The ACK rejects; the detail is the backend's. */
    @JsonTypeName("rejected")
    record Rejected(String correlationId, String detail) implements OfferAnswer {
        @Override
        public String text() {
            return "rejected: " + Printable.line(detail);
        }

        @Override
        public int exitCode() {
            return 1;
        }
    }

    /** No ACK came, or something that is none. */
    @JsonTypeName("no_answer")
    record NoAnswer(String correlationId, String detail) implements OfferAnswer {
        @Override
        public String text() {
            return "no answer: " + Printable.line(detail);
        }

        @Override
        public int exitCode() {
            return 3;
        }
    }
}
