package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCat;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Video;
import io.longcat4j.VideoSampling;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests whose files take long to read end when nobody wants them any more. */
class LongMediaTest {
  private static final Duration SOON = Duration.ofSeconds(2);

  @Test
  void requestsEndAtTheirDeadlineWhileTheirFilesAreRead(@TempDir Path folder) throws IOException {
    try (LongCat longcat = LongCat.tiny()) {
      Generation brief = Generation.builder().timeout(Duration.ofMillis(200)).build();
      for (Part part : longParts(folder)) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> longcat.generate(Prompt.user(part), brief))
            .isInstanceOf(DeadlineExceededException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
      }
    }
  }

  @Test
  void requestsEndWhenTheirThreadIsInterruptedWhileTheirFilesAreRead(@TempDir Path folder)
      throws Exception {
    try (LongCat longcat = LongCat.tiny()) {
      for (Part part : longParts(folder)) {
        endsBy(longcat, part, Thread::interrupt);
      }
    }
  }

  @Test
  @SuppressWarnings("try") // To close early is the point.
  void requestsEndWhenTheEngineIsClosedWhileTheirFilesAreRead(@TempDir Path folder)
      throws Exception {
    for (Part part : longParts(folder)) {
      try (LongCat longcat = LongCat.tiny()) {
        endsBy(longcat, part, reading -> longcat.close());
      }
    }
  }

  private static void endsBy(LongCat longcat, Part part, Consumer<Thread> end)
      throws InterruptedException, TimeoutException {
    CompletableFuture<Void> over = new CompletableFuture<>();
    Thread reading =
        new Thread(
            () -> {
              try {
                longcat.generate(Prompt.user(part));
                over.complete(null);
              } catch (RuntimeException | Error e) {
                over.completeExceptionally(e);
              }
            });
    reading.start();
    while (reading.isAlive() && !isInMedia(reading)) {
      Thread.onSpinWait();
    }
    end.accept(reading);
    assertThatThrownBy(() -> over.get(SOON.toMillis(), TimeUnit.MILLISECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(GenerationCancelledException.class);
    reading.join();
  }

  private static boolean isInMedia(Thread reading) {
    return Arrays.stream(reading.getStackTrace())
        .anyMatch(frame -> frame.getClassName().startsWith("io.longcat4j.media."));
  }

  private static List<Part> longParts(Path folder) throws IOException {
    Path clip = Files.write(folder.resolve("long.ivf"), clip(4_000));
    VideoSampling end = VideoSampling.builder().bound(3_000, 3_001).build();
    return List.of(Audio.of(silence(folder)), Video.of(clip).with(end));
  }

  /** Two minutes of many channels at a high rate, in a file that takes no space on the disk. */
  private static Path silence(Path folder) throws IOException {
    int bytes = 120 * 192_000 * 8 * 2;
    ByteBuffer header = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
    header.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + bytes);
    header.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    header.putShort((short) 1).putShort((short) 8).putInt(192_000).putInt(192_000 * 16);
    header.putShort((short) 16).putShort((short) 16);
    header.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(bytes);
    Path file = folder.resolve("silence.wav");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(header.array());
      sparse.setLength(44L + bytes);
    }
    return file;
  }

  /** The frames of a clip, again and again. */
  private static byte[] clip(int times) throws IOException {
    Path root = Path.of(System.getProperty("longcat.repository.root", ".."));
    byte[] ivf = Files.readAllBytes(root.resolve("testdata/media-corpus/clips/raw.ivf"));
    ByteBuffer in = ByteBuffer.wrap(ivf).order(ByteOrder.LITTLE_ENDIAN);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ivf, 0, 32);
    long frame = 0;
    for (int i = 0; i < times; i++) {
      for (int at = 32; at < ivf.length; at += 12 + in.getInt(at)) {
        in.putLong(at + 4, frame++);
        out.write(ivf, at, 12 + in.getInt(at));
      }
    }
    return out.toByteArray();
  }
}
