package io.handoff.cli.doctor;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.handoff.cli.report.Printable;
import io.handoff.cli.report.Report;
import java.util.Locale;

/** What one check of a handoff socket has found. */
@JsonTypeName("check")
record DoctorReport(Check check, Verdict verdict, String detail) implements Report {

    /** The questions, in the order in which they are asked. */
    enum Check {
        FILE,
        PERMISSIONS,
        LISTENING,
        PROTOCOL,
        ROUND_TRIP
    }

    /** How a question was answered. */
    enum Verdict {
        OK,
        NOTE,
        FAILED
    }

    static DoctorReport ok(Check check, String detail) {
        return new DoctorReport(check, Verdict.OK, detail);
    }

    static DoctorReport note(Check check, String detail) {
        return new DoctorReport(check, Verdict.NOTE, detail);
    }

    static DoctorReport failed(Check check, String detail) {
        return new DoctorReport(check, Verdict.FAILED, detail);
    }

    @Override
    public String text() {
        return verdict.name().toLowerCase(Locale.ROOT) + ": " + Printable.line(detail);
    }
}
