package io.longcat4j.cli;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time as people write it, {@code 30s}, {@code 1.5m}, {@code 500ms}, or {@code PT30S}. */
final class DurationArgument implements ITypeConverter<Duration> {
  private static final Pattern SHORT = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(ms|s|m|min|h)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L);

  @Override
  public Duration convert(String value) {
    Duration duration = parse(value.strip().toLowerCase(Locale.ROOT));
    if (duration.isNegative() || duration.isZero()) {
      throw refused(value);
    }
    return duration;
  }

  private static Duration parse(String value) {
    Matcher matcher = SHORT.matcher(value);
    if (matcher.matches()) {
      long unit = MILLIS.getOrDefault(matcher.group(2), 0L);
      return Duration.ofMillis(
          new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).longValue());
    }
    try {
      return Duration.parse(value);
    } catch (DateTimeException e) {
      throw refused(value);
    }
  }

  private static TypeConversionException refused(String value) {
    return new TypeConversionException(
        "'" + value + "' is no time above zero; write 30s, 500ms, 2m, 1h or PT30S");
  }
}
