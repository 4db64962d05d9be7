package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clips that ffmpeg and decord have read. */
@Tag("once")
class ClipCorpusTest {
  private static final Corpus CORPUS = Corpus.of("clips");

  static Stream<String> readable() {
    return CORPUS.readable();
  }

  static Stream<String> refused() {
    return CORPUS.refused();
  }

  @Test
  void corpusIsAsLargeAsItShouldBe() {
    assertThat(readable().count() + refused().count()).isGreaterThanOrEqualTo(90);
  }

  @ParameterizedTest
  @MethodSource("readable")
  void clipsShowWhatTheReferencesShow(String name) throws IOException {
    JsonNode expected = CORPUS.expected(name);
    VideoFile video = video(name);
    int last = expected.get("frames").asInt() - 1;

    assertThat(video.frameCount()).isEqualTo(last + 1);
    assertThat(video.width()).isEqualTo(expected.get("width").asInt());
    assertThat(video.height()).isEqualTo(expected.get("height").asInt());
    assertThat(video.framesPerSecond())
        .isCloseTo(expected.get("fps").asDouble(), within(0.001 * expected.get("fps").asDouble()));
    int[] indices = {0, (last + 1) / 2, last};
    List<Pixels> frames = video.frames(indices);
    assertMeans(frames, expected.get("means"));
    byte[] bytes = Files.readAllBytes(CORPUS.path(name));
    VideoFile inMemory =
        new VideoFile(
            MediaSource.of(bytes),
            video.width(),
            video.height(),
            video.frameCount(),
            video.framesPerSecond());
    assertThat(inMemory.frames(indices)).isEqualTo(frames);
    if (!expected.has("recounted")) {
      assertThat(VideoFile.open(MediaSource.of(bytes))).isEqualTo(inMemory);
    }
  }

  @ParameterizedTest
  @MethodSource("readable")
  void framesAreShownWhenAPlayerShowsThem(String name) {
    JsonNode seconds = CORPUS.expected(name).path("seconds");
    int[] indices = IntStream.range(0, seconds.size()).toArray();
    List<VideoFile.Shown> shown =
        video(name).shown(indices, UnaryOperator.identity(), Cancellation.BY_INTERRUPTION);

    for (int i : indices) {
      assertThat(shown.get(i).seconds()).isCloseTo(seconds.get(i).asDouble(), within(0.0015));
    }
  }

  @ParameterizedTest
  @MethodSource("readable")
  void countingByDecodingAgreesWithCountingPackets(String name) {
    assertThat(VideoFile.counted(CORPUS.source(name), Cancellation.BY_INTERRUPTION))
        .isEqualTo(video(name));
  }

  @Test
  void clipWhosePacketsPromiseMoreFramesSaysSoWhenItIsDecoded() {
    VideoFile promised = VideoFile.open(CORPUS.source("late_key_untold.mp4"));

    assertThat(promised.frameCount()).isEqualTo(50);
    assertThatThrownBy(() -> promised.frames(new int[] {49}))
        .isInstanceOf(MiscountedFramesException.class)
        .hasMessageContaining("shows 35 frames, but 50 were counted");
  }

  private static VideoFile video(String name) {
    return CORPUS.expected(name).has("recounted")
        ? VideoFile.counted(CORPUS.source(name), Cancellation.BY_INTERRUPTION)
        : VideoFile.open(CORPUS.source(name));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void clipsThatCannotBeShownAreRefusedClearly(String name) {
    assertThatThrownBy(() -> firstAndLast(CORPUS.source(name)))
        .isExactlyInstanceOf(MediaException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(CORPUS.expected(name).get("refused").asText())
        .hasMessageContaining(";");
  }

  /** As those do who choose frames: where packets do not tell how many there are, once more. */
  private static List<Pixels> firstAndLast(MediaSource source) {
    VideoFile video = VideoFile.open(source);
    try {
      return video.frames(new int[] {0, video.frameCount() - 1});
    } catch (MiscountedFramesException packetsDoNotTell) {
      VideoFile counted = VideoFile.counted(source, Cancellation.BY_INTERRUPTION);
      return counted.frames(new int[] {0, counted.frameCount() - 1});
    }
  }

  private static void assertMeans(List<Pixels> frames, JsonNode means) {
    for (int i = 0; i < frames.size(); i++) {
      if (means.get(i).isNull()) {
        continue;
      }
      byte[] rgb = frames.get(i).rgb();
      double[] sums = new double[3];
      for (int at = 0; at < rgb.length; at++) {
        sums[at % 3] += rgb[at] & 0xff;
      }
      for (int channel = 0; channel < 3; channel++) {
        assertThat(sums[channel] * 3 / rgb.length)
            .as("frame " + i + ", channel " + channel)
            .isCloseTo(means.get(i).get(channel).asDouble(), within(1.2));
      }
    }
  }
}
