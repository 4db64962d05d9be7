package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Samples;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every refused request names its reason, and the model answers the next one as if it never came.
 */
@Tag("once")
class BadRequestTest {
  private static final Generation SHORTLY =
      Generation.builder().maxNewTokens(3).ignoreEos(true).build();

  private static LongCat longcat;
  private static List<Integer> usual;

  @TempDir private Path directory;

  @BeforeAll
  static void load() {
    longcat = LongCat.builder().model(TestData.bf16()).contextLength(2000).build();
    usual = longcat.generate(Prompt.user("Hello"), SHORTLY).textIds();
  }

  @AfterEach
  void theModelIsStillUsable() {
    assertThat(longcat.generate(Prompt.user("Hello"), SHORTLY).textIds()).isEqualTo(usual);
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Class<? extends LongCatException> type, Part... parts) {
    return assertThatThrownBy(() -> longcat.generate(Prompt.user(parts), SHORTLY))
        .isInstanceOf(type);
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  @Test
  void aBrokenPng() throws IOException {
    byte[] png = Files.readAllBytes(TestData.media("photo_533x377.png"));
    Path broken = file("broken.png", Arrays.copyOf(png, png.length / 2));
    assertRefused(MediaException.class, Image.of(broken)).hasMessageContaining("broken.png");
  }

  @Test
  void aFileThatIsNoPicture() throws IOException {
    Path text = file("text.png", "not a picture".getBytes(StandardCharsets.UTF_8));
    assertRefused(MediaException.class, Image.of(text)).hasMessageContaining("text.png");
  }

  @Test
  void aFileThatIsNotThere() {
    Path nowhere = directory.resolve("nowhere.png");
    assertRefused(MediaException.class, Image.of(nowhere)).hasMessageContaining("nowhere.png");
    assertRefused(MediaException.class, Audio.of(nowhere)).hasMessageContaining("nowhere.png");
    assertRefused(MediaException.class, Video.of(nowhere)).hasMessageContaining("nowhere.png");
  }

  @Test
  void anEmptyWav() throws IOException {
    Path empty = file("empty.wav", new byte[0]);
    assertRefused(MediaException.class, Audio.of(empty)).hasMessageContaining("empty.wav");
  }

  @Test
  void aVideoWithoutTheSoundItPromises() {
    Path silent = TestData.silentVideo();
    assertRefused(MediaException.class, Interleaved.of(silent)).hasMessageContaining("grey.mp4");
  }

  @Test
  void aSoundFileInThePlaceOfAVideo() {
    Path sound = TestData.media("audio_case.wav");
    assertRefused(MediaException.class, Video.of(sound)).hasMessageContaining("audio_case.wav");
  }

  @Test
  void anOddNumberOfFrames() {
    Pixels frame = new Pixels(28, 28, new byte[28 * 28 * 3]);
    assertThatThrownBy(() -> new VideoFrames(List.of(frame, frame, frame), List.of(0.0)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("video of 3 frames")
        .hasMessageContaining("even number");
  }

  @Test
  void aSoundOfMoreThanTwoMinutesIsShortenedWithAWarning() {
    Audio tooLong = Audio.of(new Samples(new float[16000 * 121], 16000));
    Reply reply = longcat.generate(Prompt.user(tooLong), SHORTLY);
    assertThat(reply.warnings()).singleElement().asString().contains("120 s");
    assertThat(reply.statistics().promptTokens()).isBetween(1490, 1530);
  }

  @Test
  void aSoundOfMoreThanTwoMinutesIsRefusedWhenStrict() {
    Audio tooLong = Audio.of(new Samples(new float[16000 * 121], 16000));
    Generation strict = SHORTLY.toBuilder().strict(true).build();
    assertThatThrownBy(() -> longcat.generate(Prompt.user(tooLong), strict))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("120 s");
  }

  @Test
  void aPromptOverTheContext() {
    assertRefused(InvalidRequestException.class, Text.of("word ".repeat(3000)))
        .hasMessageContaining("the context holds 2000")
        .hasMessageContaining("contextLength");
  }

  @Test
  void aReplyThatFillsTheContextEndsThere() {
    Generation generous = Generation.builder().maxNewTokens(5000).ignoreEos(true).build();
    String words = "word ".repeat(490);
    Reply reply = longcat.generate(Prompt.user(words), generous);
    assertThat(reply.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(reply.statistics().promptTokens() + reply.statistics().newTokens()).isEqualTo(2000);
  }

  @Test
  void anInterruptedThreadStopsAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> longcat.generate(Prompt.user("Hello"), SHORTLY))
          .isInstanceOf(GenerationCancelledException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
