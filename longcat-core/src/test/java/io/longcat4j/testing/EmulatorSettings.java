package io.longcat4j.testing;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * How GPUs are emulated in tests: each day in another order of threads, with the other model of
 * tensor cores, every second day as another architecture; a nightly run takes {@link #NIGHTLY} of
 * them. What fails tells the settings, and {@code -Dio.longcat4j.emulator=SETTINGS} repeats them.
 * As an extension it applies those of the day.
 */
public final class EmulatorSettings
    implements BeforeAllCallback, AfterAllCallback, TestExecutionExceptionHandler {
  /** Orders of threads that are tried in a night, that of the day among them. */
  static final int NIGHTLY = 20;

  private static final String PROPERTY = "io.longcat4j.emulator";
  private static final Optional<String> GIVEN =
      Optional.ofNullable(System.getenv("LONGCAT_EMULATOR"))
          .or(() -> Optional.ofNullable(System.getProperty(PROPERTY)));

  /** Those of this run. */
  public static String today() {
    return GIVEN.orElseGet(() -> of(LocalDate.now(ZoneOffset.UTC).toEpochDay()));
  }

  /** Those that a nightly run takes beside them. */
  public static List<String> nightly() {
    long today = LocalDate.now(ZoneOffset.UTC).toEpochDay();
    return LongStream.range(1, NIGHTLY).mapToObj(i -> of(today + i)).toList();
  }

  /** Four in a row have both models of tensor cores on both architectures. */
  static String of(long day) {
    String tensor = day % 2 == 0 ? "ieee" : "truncating";
    return String.format(
        Locale.ROOT, "seed=%d,tensor=%s,arch=%d", day, tensor, day / 2 % 2 == 0 ? 80 : 90);
  }

  /** From the next device on. */
  public static void apply(String settings) {
    System.setProperty(PROPERTY, settings);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    apply(today());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    GIVEN.ifPresentOrElse(EmulatorSettings::apply, () -> System.clearProperty(PROPERTY));
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (!(failure instanceof TestAbortedException)) {
      failure.addSuppressed(
          new AssertionError("repeat with -D" + PROPERTY + "=" + System.getProperty(PROPERTY)));
    }
    throw failure;
  }
}
