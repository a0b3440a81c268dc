package io.handoff.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.function.Function;

/**
 * Prints reports, each as one line that is out at once. Safe from any thread.
 *
 * <p>Printing waits for a reader that is slow, and with it waits the event loop that reports: the alternative would be to
 * collect lines without bound.
 */
public final class ReportPrinter {

    private final PrintWriter out;
    private final Function<Report, String> format;

    private ReportPrinter(PrintWriter out, Function<Report, String> format) {
        this.out = out;
        this.format = format;
    }

    /** Prints to a writer, which stays the caller's to close; each report as text, or as a JSON object. */
    public static ReportPrinter of(PrintWriter out, boolean json) {
        return new ReportPrinter(out, json ? jsonFormat() : Report::text);
    }

    private static Function<Report, String> jsonFormat() {
        ObjectMapper mapper = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                // The encoding of standard output is the locale's, which need not be UTF-8.
                .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                .build();
        return report -> {
            try {
                return mapper.writeValueAsString(report);
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /** Prints a report; whether it could be written is not told. */
    public void print(Report report) {
        String line = format.apply(report);
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }
}
