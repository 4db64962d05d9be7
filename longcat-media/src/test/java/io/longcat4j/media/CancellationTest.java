package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Samples;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that nobody wants any more ends soon, whatever it is doing. */
@Tag("once")
class CancellationTest {
  private static final Duration SOON = Duration.ofSeconds(1);

  @TempDir static Path folder;

  private interface Work {
    Object on(Cancellation wanted);
  }

  static Stream<Arguments> longWork() {
    MediaSource silence = MediaSource.of(LongInputs.silence(folder, 8, 96_000));
    MediaSource clip = MediaSource.of(LongInputs.clip(3_000));
    VideoFile video = new VideoFile(clip, 64, 48, 60_000, 25);
    Samples samples = new Samples(new float[40_000_000], 44_100);
    return Stream.of(
        work("a sound of its own rate", w -> AudioFile.decode(silence, 96_000, 1e9, w)),
        work("a sound of another rate", w -> AudioFile.decode(silence, 16_000, 1e9, w)),
        work("samples", w -> AudioFile.resample("Samples", samples, 16_000, 1e9, w)),
        work("frames that are counted", w -> VideoFile.counted(clip, w)),
        work(
            "frames that are looked at",
            w -> video.shown(new int[] {59_999}, UnaryOperator.identity(), w)));
  }

  private static Arguments work(String name, Work work) {
    return Arguments.of(name, work);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("longWork")
  void workEndsSoonAfterItsDeadline(String name, Work work) {
    Watch watch = new Watch(Duration.ofMillis(150));

    assertThatThrownBy(() -> work.on(watch)).isSameAs(watch.overdue);
    assertThat(watch.sinceDeadline()).isLessThan(SOON);
    assertThat(watch.longestPause).isLessThan(SOON);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("longWork")
  void workEndsSoonAfterItsThreadIsInterrupted(String name, Work work) throws Exception {
    Thread worker = Thread.currentThread();
    Watch watch = new Watch(Duration.ofMillis(150));
    Cancellation interrupted =
        () -> {
          try {
            watch.check();
          } catch (DeadlineExceededException now) {
            worker.interrupt();
          }
          Cancellation.BY_INTERRUPTION.check();
        };
    try {
      assertThatThrownBy(() -> work.on(interrupted))
          .isInstanceOf(GenerationCancelledException.class);
      assertThat(watch.sinceDeadline()).isLessThan(SOON);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h264.mkv", "h264.ts", "alt_ref.webm", "mpeg2.mpg", "h264.flv"})
  void searchForTheNextPacketEndsSoonAfterItsDeadline(String name) throws IOException {
    Path file = Files.write(folder.resolve(name), Corpus.of("clips").bytes(name));
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 32);
    }
    Watch watch = new Watch(Duration.ofMillis(150));

    assertThatThrownBy(() -> VideoFile.counted(MediaSource.of(file), watch))
        .isSameAs(watch.overdue);
    assertThat(watch.sinceDeadline()).isLessThan(SOON);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h264.mkv", "h264.ts", "alt_ref.webm", "mpeg2.mpg", "h264.flv"})
  void searchInMemoryAsksBlockByBlock(String name) throws IOException {
    byte[] clip = Corpus.of("clips").bytes(name);
    MediaSource source = MediaSource.of(Arrays.copyOf(clip, clip.length + (32 << 20)));
    AtomicInteger questions = new AtomicInteger();

    try {
      VideoFile.counted(source, questions::incrementAndGet);
    } catch (MediaException damaged) {
      assertThat(damaged).hasMessageContaining("bytes in memory");
    }
    assertThat(questions.get()).isGreaterThan((32 << 20) / MemoryReads.BLOCK_BYTES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h264.mp4", "h264.ts", "alt_ref.webm", "trimmed_hevc.mp4", "mpeg2.mpg"})
  void openingAClipAsksFromTheFirstByteToTheLast(String name) {
    Corpus clips = Corpus.of("clips");
    for (MediaSource source :
        new MediaSource[] {clips.source(name), MediaSource.of(clips.bytes(name))}) {
      int asked = endsAtEveryQuestion(wanted -> VideoFile.counted(source, wanted));
      assertThat(asked).isGreaterThan(10);
    }
  }

  @Test
  void openingASoundAsksFromTheFirstByteToTheLast() {
    MediaSource source = Corpus.of("sounds").source("mp3_44k_stereo.mp3");

    assertThat(endsAtEveryQuestion(wanted -> AudioFile.decode(source, 16_000, 9, wanted)))
        .isGreaterThan(5);
  }

  /** How often the work asks; told "no" at the nth question, it ends there, for each n. */
  private static int endsAtEveryQuestion(Work work) {
    for (int last = 1; ; last++) {
      Questions questions = new Questions(last);
      try {
        work.on(questions);
        return last - 1;
      } catch (DeadlineExceededException unwanted) {
        assertThat(unwanted).isSameAs(questions.no);
        assertThat(questions.asked).isBetween(last, last + 20);
      }
    }
  }

  @Test
  void pipesAndFoldersAreRefusedAtOnce() throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe.wav");
    int made = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    assertThat(made).isZero();
    for (Path path : new Path[] {pipe, folder, Path.of("/dev/zero")}) {
      for (Callable<?> read :
          new Callable<?>[] {
            () -> AudioFile.decode(MediaSource.of(path), 16_000, 1),
            () -> VideoFile.open(MediaSource.of(path))
          }) {
        assertThatThrownBy(read::call)
            .isInstanceOf(MediaException.class)
            .hasMessageContaining("not a readable file")
            .hasMessageContaining("InputStream");
      }
    }
  }

  /** Refuses from a question on. */
  private static final class Questions implements Cancellation {
    final DeadlineExceededException no = new DeadlineExceededException("no");
    private final int last;
    int asked;

    Questions(int last) {
      this.last = last;
    }

    @Override
    public void check() {
      if (++asked >= last) {
        throw no;
      }
    }
  }

  /** A deadline that remembers how long it was not asked for. */
  private static final class Watch implements Cancellation {
    final DeadlineExceededException overdue = new DeadlineExceededException("overdue");
    Duration longestPause = Duration.ZERO;
    private final long deadline;
    private long asked = System.nanoTime();

    Watch(Duration time) {
      deadline = System.nanoTime() + time.toNanos();
    }

    Duration sinceDeadline() {
      return Duration.ofNanos(System.nanoTime() - deadline);
    }

    @Override
    public void check() {
      long now = System.nanoTime();
      Duration pause = Duration.ofNanos(now - asked);
      asked = now;
      longestPause = pause.compareTo(longestPause) > 0 ? pause : longestPause;
      if (now > deadline) {
        throw overdue;
      }
    }
  }
}
