package io.handoff.cli.report;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * Something to tell the user, in one line. As JSON it is an object of its record components, after an {@code event} that
 * names the kind.
 *
 * <p>A correlation id is a string of its unsigned decimal digits, as in protobuf's JSON mapping: many readers of JSON
 * keep only 53 bits of a number.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
public interface Report {

    /** The line as text. What a peer has chosen in it is {@link Printable}. */
    String text();
}
