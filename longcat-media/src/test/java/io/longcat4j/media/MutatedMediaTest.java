package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
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
 * Files of the corpus with damage: whatever it is, they are read or refused with a {@link
 * MediaException}, soon, and without much memory. The nightly profile tries many more.
 */
@Tag("once")
class MutatedMediaTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("longcat.nightly");
  private static final Duration DEADLINE = Duration.ofSeconds(1);

  /** Of work, as other processes may have the machine. */
  private static final Duration HANGING = Duration.ofSeconds(2);

  private static final Duration SLEEPING = Duration.ofSeconds(30);
  private static final long SEED = 15;
  private static final long MOST_KILOBYTES = 3_000_000;

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private interface Reader {
    void read(MediaSource source, Cancellation wanted);
  }

  /** Damages a file, always in the same way, and has it read. */
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

    void read(Reader reader) {
      long wall = System.nanoTime();
      long work = PROCESS.getProcessCpuTime();
      try {
        reader.read(MediaSource.of(damaged), deadline(wall));
      } catch (MediaException refused) {
        assertThat(refused.getMessage()).as(name).isNotBlank().doesNotContain("null");
      } catch (DeadlineExceededException huge) {
        assertThat(huge).as(name).hasMessage("overdue");
      } catch (RuntimeException | Error untyped) {
        throw new AssertionError(name + " ends in " + untyped, untyped);
      }
      assertThat(Duration.ofNanos(PROCESS.getProcessCpuTime() - work)).as(name).isLessThan(HANGING);
      assertThat(Duration.ofNanos(System.nanoTime() - wall)).as(name).isLessThan(SLEEPING);
    }

    /** Pictures that are huge and no forgery may take longer, but have to end when told to. */
    private static Cancellation deadline(long start) {
      return () -> {
        if (System.nanoTime() - start > DEADLINE.toNanos()) {
          throw new DeadlineExceededException("overdue");
        }
      };
    }
  }

  @Test
  void mutatedSoundsAreReadOrRefused() {
    tryAll("sounds", NIGHTLY ? 1_000_000 : 10_000, MutatedMediaTest::hear);
  }

  @Test
  void mutatedClipsAreReadOrRefused() {
    tryAll("clips", NIGHTLY ? 100_000 : 1_000, MutatedMediaTest::see);
  }

  private static void tryAll(String kind, int tries, Reader reader) {
    Corpus corpus = Corpus.of(kind);
    List<String> names = corpus.readable().toList();
    List<byte[]> files = new ArrayList<>(names.stream().map(corpus::bytes).toList());
    for (int i = 0; i < tries; i++) {
      int which = i % names.size();
      new Trial(names.get(which), files.get(which), files, SEED * tries + i).read(reader);
    }
    assertThat(mostKilobytes()).isLessThan(MOST_KILOBYTES);
  }

  /** The largest memory that this process has had, where the system tells it. */
  private static long mostKilobytes() {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void hear(MediaSource source, Cancellation wanted) {
    AudioFile.decode(source, 16_000, 1, wanted);
  }

  private static void see(MediaSource source, Cancellation wanted) {
    VideoFile video = VideoFile.open(source, wanted);
    Pixels nothing = new Pixels(1, 1, new byte[3]);
    int[] indices = {0, Math.min(video.frameCount() - 1, 30)};
    video.shown(indices, picture -> nothing, wanted);
  }
}
