package io.handoff.cli.argument;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a correlation id, which is an unsigned 64-bit number (WIRE §4), into the bits of a {@code long}. */
public final class CorrelationIdConverter implements ITypeConverter<Long> {

    @Override
    public Long convert(String value) {
        try {
            return Long.parseUnsignedLong(value);
        } catch (NumberFormatException e) {
            throw new TypeConversionException(
                    "'" + value + "' is not a correlation id; expected 0 to " + Long.toUnsignedString(-1));
        }
    }
}
