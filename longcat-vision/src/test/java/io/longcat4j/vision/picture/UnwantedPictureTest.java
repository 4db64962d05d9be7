package io.longcat4j.vision.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Image;
import io.longcat4j.MediaException;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Large pictures, complete or not, end soon once nobody wants them any more. */
class UnwantedPictureTest {
  private static final int SIDE = 6000;

  static Stream<Arguments> largePictures() throws IOException {
    return Stream.of(
        Arguments.of("png", LargePictures.png(SIDE, SIDE)),
        Arguments.of("a png of one row", LargePictures.png(SIDE * SIDE, 1)),
        Arguments.of("bmp", LargePictures.bmp(SIDE)),
        Arguments.of("gif", LargePictures.gif(SIDE)),
        Arguments.of("jpeg", LargeJpeg.baseline(SIDE, SIDE)),
        Arguments.of("progressive jpeg", LargeJpeg.progressive(SIDE, SIDE, 400)),
        Arguments.of("lossless webp", LargePictures.losslessWebp(SIDE, SIDE)),
        Arguments.of("lossy webp", LargePictures.lossyWebp(SIDE, SIDE, 200_000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("largePictures")
  void decodersAskOftenAndEndWithTheAnswer(String format, byte[] picture) {
    // Native code is asked by the clock, see NativeWorkTest: a fast machine is done before long.
    int[] moments = format.equals("lossy webp") ? new int[] {0} : new int[] {0, 1, 5};
    for (int questions : moments) {
      AtomicInteger left = new AtomicInteger(questions);
      Cancellation wanted =
          () -> {
            if (left.getAndDecrement() <= 0) {
              throw new DeadlineExceededException("too late");
            }
          };

      assertThatThrownBy(() -> ImageDecoder.decode(Image.of(picture), wanted))
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessage("too late");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("largePictures")
  void interruptionEndsADecoder(String format, byte[] picture) {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> ImageDecoder.decode(Image.of(picture), Cancellation.BY_INTERRUPTION))
          .isInstanceOf(GenerationCancelledException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 16384})
  void aFewBytesThatPromiseManyPixelsAreRefusedAtOnce(int side) {
    int height = Math.min(side, 10748);
    byte[] start = LargePictures.losslessHeader(side, height);
    for (int filling : new int[] {0, 0x55, 0xff}) {
      byte[] body = Arrays.copyOf(start, 26);
      Arrays.fill(body, start.length, body.length, (byte) filling);
      assertRefusedAtOnce(LargePictures.webp("VP8L", body));
    }
    assertRefusedAtOnce(LargePictures.lossyWebp(side - 1, height, 300));
  }

  private static void assertRefusedAtOnce(byte[] picture) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThatThrownBy(
                    () -> ImageDecoder.decode(Image.of(picture), Cancellation.BY_INTERRUPTION))
                .isInstanceOf(MediaException.class)
                .hasMessageContaining("damaged WEBP"));
  }

  @Test
  void turningUprightAsksToo() {
    Pixels pixels = new Pixels(40, 30, new byte[3 * 40 * 30]);

    assertThatThrownBy(
            () ->
                Orientation.QUARTER_TURN.apply(
                    pixels,
                    () -> {
                      throw new DeadlineExceededException("too late");
                    }))
        .isInstanceOf(DeadlineExceededException.class);
  }
}
