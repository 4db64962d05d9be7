package io.longcat4j.vision.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Image;
import io.longcat4j.MediaException;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever stands in a file: pixels or a clear refusal, soon, and no more memory than pixels need.
 */
@Tag("once")
class MutatedPicturesTest {
  private static final int TRIES = 20_000;
  private static final int NIGHTLY_TRIES = 1_000_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Of this thread's own work, whatever else the machine does. */
  private static final Duration HANGS = Duration.ofSeconds(2);

  @Test
  void mutatedPicturesAreReadOrRefusedInPlainWordsAndSoon() throws IOException {
    List<byte[]> pictures = pictures();
    int tries = Boolean.getBoolean("longcat.nightly") ? NIGHTLY_TRIES : TRIES;
    for (int seed = 0; seed < tries; seed++) {
      byte[] mutated = mutated(pictures, new Random(seed));
      long deadline = THREADS.getCurrentThreadCpuTime() + HANGS.toNanos();
      Cancellation wanted =
          () -> assertThat(THREADS.getCurrentThreadCpuTime()).as("work").isLessThan(deadline);
      try {
        assertThat(ImageDecoder.decode(Image.of(mutated), wanted).pixels().width()).isPositive();
      } catch (MediaException refused) {
        assertThat(refused)
            .as("seed %d", seed)
            .hasMessageContaining("bytes")
            .hasMessageNotContaining("null");
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static List<byte[]> pictures() throws IOException {
    Path folder =
        Path.of(System.getProperty("longcat.repository.root"), "testdata/media-corpus/pictures");
    List<byte[]> pictures = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        byte[] content = Files.readAllBytes(file);
        if (content.length > 0 && !file.endsWith("expected.json")) {
          pictures.add(content);
        }
      }
    }
    return pictures;
  }

  private static byte[] mutated(List<byte[]> pictures, Random random) {
    byte[] picture = pictures.get(random.nextInt(pictures.size())).clone();
    for (int changes = 1 + random.nextInt(4); changes > 0 && picture.length > 0; changes--) {
      int at = random.nextInt(picture.length);
      switch (random.nextInt(5)) {
        case 0 -> picture[at] = (byte) random.nextInt(256);
        case 1 -> picture[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> picture[at] = (byte) (random.nextBoolean() ? 0xff : 0);
        case 3 -> picture = Arrays.copyOf(picture, at);
        default -> {
          int length = Math.min(picture.length - at, 1 + random.nextInt(16));
          int from = random.nextInt(picture.length - length + 1);
          System.arraycopy(picture, from, picture, at, length);
        }
      }
    }
    return picture;
  }
}
