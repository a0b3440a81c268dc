package io.handoff.benchmarks.load;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration as the {@code handoff} command does: {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h}. */
final class DurationConverter implements ITypeConverter<Duration> {

    private static final Map<String, ChronoUnit> UNITS = Map.of(
            "ms", ChronoUnit.MILLIS,
            "s", ChronoUnit.SECONDS,
            "m", ChronoUnit.MINUTES,
            "h", ChronoUnit.HOURS);

    /** Six digits, so that any of them in nanoseconds is a long. */
    private static final Pattern FORM = Pattern.compile("(?<amount>[0-9]{1,6})(?<unit>ms|s|m|h)");

    @Override
    public Duration convert(String value) {
        Matcher matcher = FORM.matcher(value);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + value + "' is not a duration; expected a number and its unit (ms, s, m, h), such as 5s");
        }
        return Duration.of(Long.parseLong(matcher.group("amount")), UNITS.get(matcher.group("unit")));
    }
}
