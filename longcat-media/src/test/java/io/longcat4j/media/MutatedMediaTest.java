package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Files of the corpus with damage: whatever it is, they are read or refused with a {@link
 * MediaException}, soon, and without much memory. The nightly profile tries many more.
 */
class MutatedMediaTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("longcat.nightly");
  private static final Duration HANGING = Duration.ofSeconds(2);
  private static final long SEED = 15;

  /** Counts, names and times what is tried. */
  private static final class Trial {
    private final String name;
    private final Random random;
    private final byte[] damaged;

    Trial(String name, byte[] whole, List<byte[]> others, long seed) {
      this.name = name + ", seed " + seed;
      this.random = new Random(seed);
      this.damaged = damaged(whole, others);
    }

    private byte[] damaged(byte[] whole, List<byte[]> others) {
      byte[] bytes = whole.clone();
      int reach = random.nextInt(3) == 0 ? bytes.length : Math.min(bytes.length, 200);
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        int at = random.nextInt(reach);
        switch (random.nextInt(6)) {
          case 0 -> bytes[at] = (byte) random.nextInt(256);
          case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
          case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0xff);
          case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0);
          case 4 -> {
            byte[] other = others.get(random.nextInt(others.size()));
            int from = random.nextInt(other.length);
            int count =
                Math.min(random.nextInt(64), Math.min(bytes.length - at, other.length - from));
            System.arraycopy(other, from, bytes, at, count);
          }
          default -> {
            int from = random.nextInt(bytes.length);
            int count = Math.min(random.nextInt(300), bytes.length - Math.max(from, at));
            System.arraycopy(bytes, from, bytes, at, count);
          }
        }
      }
      return random.nextInt(4) == 0
          ? Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length))
          : bytes;
    }

    /** Once more where it took long, as another process may have had the machine. */
    void read(UnaryOperator<MediaSource> reader) {
      if (timed(reader).compareTo(HANGING) > 0) {
        assertThat(timed(reader)).as(name).isLessThan(HANGING);
      }
    }

    private Duration timed(UnaryOperator<MediaSource> reader) {
      long start = System.nanoTime();
      try {
        reader.apply(MediaSource.of(damaged));
      } catch (MediaException refused) {
        assertThat(refused.getMessage()).as(name).isNotBlank().doesNotContain("null");
      } catch (RuntimeException | Error untyped) {
        throw new AssertionError(name + " ends in " + untyped, untyped);
      }
      return Duration.ofNanos(System.nanoTime() - start);
    }
  }

  @Test
  void mutatedSoundsAreReadOrRefused() {
    tryAll("sounds", NIGHTLY ? 4_000_000 : 20_000, MutatedMediaTest::hear);
  }

  @Test
  void mutatedClipsAreReadOrRefused() {
    tryAll("clips", NIGHTLY ? 400_000 : 2_000, MutatedMediaTest::see);
  }

  private static void tryAll(String kind, int tries, UnaryOperator<MediaSource> reader) {
    Corpus corpus = Corpus.of(kind);
    List<String> names = corpus.readable().toList();
    List<byte[]> files = new ArrayList<>(names.stream().map(corpus::bytes).toList());
    for (int i = 0; i < tries; i++) {
      int which = i % names.size();
      new Trial(names.get(which), files.get(which), files, SEED * tries + i).read(reader);
    }
  }

  private static MediaSource hear(MediaSource source) {
    AudioFile.decode(source, 16_000, 1);
    return source;
  }

  private static MediaSource see(MediaSource source) {
    VideoFile video = VideoFile.open(source);
    Pixels nothing = new Pixels(1, 1, new byte[3]);
    int[] indices = {0, Math.min(video.frameCount() - 1, 30)};
    video.shown(indices, picture -> nothing, Cancellation.BY_INTERRUPTION);
    return source;
  }
}
