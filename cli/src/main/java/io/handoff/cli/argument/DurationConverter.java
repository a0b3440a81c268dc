package io.handoff.cli.argument;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration as it is written on command lines: {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h}. */
public final class DurationConverter implements ITypeConverter<Duration> {

    /** For the help of every command that takes one. */
    public static final String HELP = "A TIME is a whole number and its unit, ms, s, m (minutes) or h: 500ms, 5s.";

    private static final Map<String, ChronoUnit> UNITS = Map.of(
            "ms", ChronoUnit.MILLIS,
            "s", ChronoUnit.SECONDS,
            "m", ChronoUnit.MINUTES,
            "h", ChronoUnit.HOURS);

    private static final Pattern FORM = Pattern.compile("(?<amount>[0-9]{1,18})(?<unit>ms|s|m|h)");

    @Override
    public Duration convert(String value) {
        Matcher matcher = FORM.matcher(value);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + value + "' is not a duration; expected a number and its unit (ms, s, m, h), such as 5s");
        }
        Duration duration;
        try {
            duration = Duration.of(Long.parseLong(matcher.group("amount")), UNITS.get(matcher.group("unit")));
            // Timers count in nanoseconds.
            if (duration.toNanos() > 0) {
                return duration;
            }
        } catch (ArithmeticException e) {
            throw new TypeConversionException("'" + value + "' is too long; expected less than 292 years");
        }
        throw new TypeConversionException("'" + value + "' is no time; expected more than zero");
    }
}
