package io.longcat4j.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Image;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadline, interruption and closing end a request whose picture is still being decoded. */
@Timeout(120)
class UnwantedPicturesTest {
  private static final int SIDE = 8000;

  @Test
  void aDeadlineEndsTheDecodingOfALargePicture() {
    try (LongCat longcat = LongCat.tiny()) {
      Generation soon = Generation.builder().timeout(Duration.ofMillis(50)).build();

      assertThatThrownBy(() -> longcat.generate(largePicture(), soon))
          .isInstanceOf(DeadlineExceededException.class);
      assertThat(longcat.generate(Prompt.user(Text.of("What can you do?"))).text()).isNotEmpty();
    }
  }

  @Test
  void closingEndsTheDecodingOfALargePicture() throws Exception {
    LongCat longcat = LongCat.tiny();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    startAsking(longcat, failure);

    longcat.close();

    assertThat(failure.get(60, TimeUnit.SECONDS)).isInstanceOf(GenerationCancelledException.class);
  }

  @Test
  void interruptionEndsTheDecodingOfALargePicture() throws Exception {
    try (LongCat longcat = LongCat.tiny()) {
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      Thread asking = startAsking(longcat, failure);

      asking.interrupt();

      assertThat(failure.get(60, TimeUnit.SECONDS))
          .isInstanceOf(GenerationCancelledException.class);
    }
  }

  /** Returns once the picture is being decoded. */
  private static Thread startAsking(LongCat longcat, CompletableFuture<Throwable> failure) {
    Thread asking =
        new Thread(
            () -> {
              try {
                longcat.generate(largePicture());
                failure.complete(new AssertionError("a reply"));
              } catch (RuntimeException e) {
                failure.complete(e);
              }
            });
    asking.start();
    while (!failure.isDone() && !isDecoding(asking)) {
      Thread.onSpinWait();
    }
    return asking;
  }

  private static boolean isDecoding(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().contains(".vision.picture."));
  }

  /** 64 megapixels of one colour, none of which takes a bit: 34 bytes of lossless WebP. */
  private static Prompt largePicture() {
    long bits = 0x2fL | (SIDE - 1L) << 8 | (SIDE - 1L) << 22;
    ByteBuffer webp = ByteBuffer.allocate(34).order(ByteOrder.LITTLE_ENDIAN);
    webp.put("RIFF".getBytes(ISO_8859_1)).putInt(26).put("WEBPVP8L".getBytes(ISO_8859_1));
    for (int code = 0; code < 5; code++) {
      bits |= 1L << (43 + 4 * code);
    }
    webp.putInt(13).putLong(bits);
    return Prompt.user(Image.of(webp.array()), Text.of("What do you see?"));
  }
}
