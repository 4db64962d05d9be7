package io.longcat4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.longcat4j.LongCatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Damages whole files, the same way on every machine for the same seed: bytes, bits and numbers are
 * changed, runs are cut, repeated, moved, and taken from other files. Not thread-safe.
 */
public final class Mutations {
  /** Longer than anything may take, on a machine that is busy with other things. */
  private static final Duration HANG = Duration.ofSeconds(2);

  private static final int MAX_BYTES = 1 << 18;
  private static final int MAX_CHANGES = 5;
  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MAX_VALUE / 4 + 1
  };
  private static final List<String> TEXTS =
      List.of(
          "0",
          "-1",
          "1e309",
          "NaN",
          "-Infinity",
          "null",
          "true",
          "\"\"",
          "[]",
          "{}",
          "{",
          "[",
          "}",
          "]",
          "\"",
          ",",
          ":",
          "*a",
          "&a ",
          "? ",
          "- ",
          "\n",
          "!!float ",
          "99999999999999999999",
          "2147483648",
          "9223372036854775807",
          "0.5",
          "\u0000",
          "\ud83d\ude00");

  private final SplittableRandom random;
  private final List<byte[]> whole;

  private Mutations(long seed, List<byte[]> whole) {
    this.random = new SplittableRandom(seed);
    this.whole = whole;
  }

  /** Reads bytes, or refuses them with an exception of the library. */
  @FunctionalInterface
  public interface Reader {
    void read(byte[] bytes) throws IOException;
  }

  /** Damages these, each as often. */
  public static Mutations of(long seed, byte[]... whole) {
    return new Mutations(seed, List.of(whole));
  }

  /** Damages these files, each as often. */
  public static Mutations of(long seed, Path... files) {
    return new Mutations(seed, Arrays.stream(files).map(Mutations::bytes).toList());
  }

  /** A count for every run, or the one of the nightly profile. */
  public static int times(int everyRun, int nightly) {
    return Boolean.getBoolean("longcat.nightly") ? nightly : everyRun;
  }

  /**
   * Has damaged files read. Each must be read or be refused by an exception of the library, in less
   * than two seconds, with no more new objects than allowed.
   */
  public void readOrRefuse(int count, long mostAllocatedBytes, Reader reader) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < count; i++) {
      byte[] damaged = next();
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      try {
        reader.read(damaged);
      } catch (LongCatException refused) {
        assertThat(refused.getMessage()).isNotBlank().hasSizeLessThan(20_000);
      } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError("mutation " + i + " is not refused: " + shown(damaged), e);
      }
      long nanos = System.nanoTime() - start;
      long bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
      if (nanos > HANG.toNanos() || bytes > mostAllocatedBytes) {
        throw new AssertionError(
            "mutation %d took %d ms and %d bytes: %s"
                .formatted(i, nanos / 1_000_000, bytes, shown(damaged)));
      }
    }
  }

  /** The next damaged file. */
  public byte[] next() {
    byte[] bytes = whole.get(random.nextInt(whole.size())).clone();
    int changes = 1 + random.nextInt(MAX_CHANGES);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      bytes = changed(bytes);
    }
    return bytes;
  }

  private byte[] changed(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(10)) {
      case 0 -> bytes[at] = (byte) random.nextInt(256);
      case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> putNumber(bytes, at);
      case 3 -> {
        return replaced(bytes, at, 0, text());
      }
      case 4 -> {
        return replaced(bytes, at, wordLength(bytes, at), text());
      }
      case 5 -> {
        return replaced(bytes, at, run(bytes.length - at), new byte[0]);
      }
      case 6 -> {
        return replaced(bytes, at, 0, repeated(piece(bytes)));
      }
      case 7 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 8 -> {
        byte[] other = whole.get(random.nextInt(whole.size()));
        return replaced(bytes, at, run(bytes.length - at), piece(other));
      }
      default -> {
        byte[] moved = piece(bytes);
        System.arraycopy(moved, 0, bytes, at, Math.min(moved.length, bytes.length - at));
      }
    }
    return bytes;
  }

  private void putNumber(byte[] bytes, int at) {
    long number = NUMBERS[random.nextInt(NUMBERS.length)];
    int width = 1 << random.nextInt(4);
    for (int i = 0; i < width && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (number >> (8 * i));
    }
  }

  private byte[] text() {
    return TEXTS.get(random.nextInt(TEXTS.size())).getBytes(StandardCharsets.UTF_8);
  }

  /** Letters and digits from here on, so that whole numbers and names are replaced. */
  private static int wordLength(byte[] bytes, int at) {
    int length = 0;
    while (at + length < bytes.length && Character.isLetterOrDigit(bytes[at + length] & 0x7f)) {
      length++;
    }
    return length;
  }

  private byte[] piece(byte[] from) {
    int start = random.nextInt(from.length);
    return Arrays.copyOfRange(from, start, start + run(from.length - start));
  }

  /** Mostly short, at times long. */
  private int run(int most) {
    return random.nextInt(Math.min(most, 1 << random.nextInt(1, 13))) + 1;
  }

  private byte[] repeated(byte[] piece) {
    int times = 1 << random.nextInt(random.nextInt(8) == 0 ? 12 : 4);
    int fitting = Math.max(1, Math.min(times, MAX_BYTES / piece.length));
    byte[] all = new byte[piece.length * fitting];
    for (int i = 0; i < fitting; i++) {
      System.arraycopy(piece, 0, all, i * piece.length, piece.length);
    }
    return all;
  }

  private static byte[] replaced(byte[] bytes, int at, int length, byte[] by) {
    byte[] into = new byte[bytes.length - length + by.length];
    System.arraycopy(bytes, 0, into, 0, at);
    System.arraycopy(by, 0, into, at, by.length);
    System.arraycopy(bytes, at + length, into, at + by.length, bytes.length - at - length);
    return into.length > 4 * MAX_BYTES ? Arrays.copyOf(into, 4 * MAX_BYTES) : into;
  }

  private static String shown(byte[] bytes) {
    try {
      Path file = Files.write(Files.createTempFile("mutation", ".bin"), bytes);
      return bytes.length + " bytes, kept in " + file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
