package io.handoff.cli;

import com.fasterxml.jackson.annotation.JsonTypeName;

/** What came of one offer, from where the broker stands. */
sealed interface OfferAnswer extends Report {

    /** The exit status of {@code handoff offer}. */
    int exitCode();

    /** The ACK accepts. */
    @JsonTypeName("accepted")
    record Accepted(String correlationId) implements OfferAnswer {
        @Override
        public String text() {
            return "accepted";
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
