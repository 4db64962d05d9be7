package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.MediaException;
import io.longcat4j.VideoSampling;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("once")
class FrameSamplingTest {
  static Stream<JsonNode> cases() throws IOException {
    try (InputStream file =
        new GZIPInputStream(Files.newInputStream(TestData.file("golden-frame-sampling.json.gz")))) {
      JsonNode all = new ObjectMapper().readTree(file);
      assertThat(all).hasSize(38);
      return StreamSupport.stream(all.spliterator(), false);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void offlineSamplingIsTheReferences(JsonNode golden) {
    ChosenFrames chosen =
        FrameSampling.offline(frames(golden), fps(golden), sampling(golden).build());

    assertThat(chosen.indices()).containsExactly(indices(golden.get("offline")));
    assertThat(chosen.labels()).isEqualTo(labels(golden.get("offline")));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void interleavedSamplingIsTheReferences(JsonNode golden) {
    assertInterleaved(golden, 1, -1);
    assertInterleaved(golden, 2, -1);
    assertInterleaved(golden, 1, 32);
  }

  private static void assertInterleaved(JsonNode golden, int rate, int cap) {
    JsonNode expected = golden.get("interleaved_" + rate + "fps_cap" + cap);
    ChosenFrames chosen =
        FrameSampling.interleaved(
            frames(golden),
            fps(golden),
            sampling(golden).framesPerSecond(rate).maxFrames(cap).build());

    assertThat(chosen.indices()).containsExactly(indices(expected));
    assertThat(chosen.labels()).isEqualTo(labels(expected));
    assertThat(chosen.durationSeconds()).isEqualTo(expected.get("duration").asDouble());
    assertThat(chosen.strategy().name().toLowerCase(Locale.ROOT))
        .isEqualTo(expected.get("frame_sample_strategy").asText());
    assertThat(chosen.averageFrames())
        .isEqualTo(expected.get("average_sample_num_frame_per_video").asInt());
  }

  @Test
  void averageStrategySpreadsTheAskedPairsOverTheWholeVideo() {
    ChosenFrames chosen =
        FrameSampling.interleaved(
            101,
            25,
            VideoSampling.builder()
                .strategy(VideoSampling.Strategy.AVERAGE)
                .averageFrames(3)
                .build());

    assertThat(chosen.indices()).containsExactly(0, 20, 40, 60, 80, 100);
    assertThat(chosen.labels()).containsExactly("second{0.0}:", "second{1.6}:", "second{3.2}:");
    assertThat(chosen.strategy()).isEqualTo(VideoSampling.Strategy.AVERAGE);
  }

  @Test
  void timeOffsetMovesLabelsAndNotFrames() {
    VideoSampling moved = VideoSampling.builder().timeOffsetSeconds(12.34).build();

    ChosenFrames interleaved = FrameSampling.interleaved(75, 25, moved);
    ChosenFrames offline = FrameSampling.offline(75, 25, moved);

    assertThat(interleaved.indices())
        .isEqualTo(FrameSampling.interleaved(75, 25, VideoSampling.defaults()).indices());
    assertThat(interleaved.labels())
        .containsExactly("second{12.3}:", "second{13.5}:", "second{14.7}:");
    assertThat(offline.labels()).startsWith("second{12.4}:", "second{12.9}:");
    assertThat(offline.durationSeconds()).isEqualTo(2.5);
  }

  @ParameterizedTest
  @CsvSource({"1, 25", "2, 25", "3, 1", "5, 0.5", "6, 30", "7, 240", "3, 1000", "100000, 0.01"})
  void unusualVideosStillGivePairsInsideTheVideo(int frames, double fps) {
    for (ChosenFrames chosen :
        List.of(
            FrameSampling.offline(frames, fps, VideoSampling.defaults()),
            FrameSampling.interleaved(
                frames, fps, VideoSampling.builder().maxFrames(1000).build()))) {
      assertThat(chosen.indices().length).isPositive().isEven();
      assertThat(chosen.labels()).hasSize(chosen.indices().length / 2);
      assertThat(IntStream.of(chosen.indices())).allMatch(i -> i >= 0 && i < frames);
    }
  }

  @Test
  void stretchOutsideTheVideoIsRefused() {
    VideoSampling late = VideoSampling.builder().bound(100, 101).build();

    assertThatThrownBy(() -> FrameSampling.offline(75, 25, late))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("100.0 to 101.0 s")
        .hasMessageContaining("3.0 s");
    assertThatThrownBy(() -> FrameSampling.interleaved(75, 25, late))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("inside the video");
  }

  @Test
  void labelsHaveADotInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(SecondLabels.halfEven(0.25)).isEqualTo("second{0.2}:");
      assertThat(SecondLabels.halfUp(0.25)).isEqualTo("second{0.3}:");
      assertThat(SecondLabels.halfEven(-0.04)).isEqualTo("second{-0.0}:");
      assertThat(SecondLabels.halfEven(12345.06)).isEqualTo("second{12345.1}:");
    } finally {
      Locale.setDefault(before);
    }
  }

  private static VideoSampling.Builder sampling(JsonNode golden) {
    JsonNode bound = golden.get("bound");
    VideoSampling.Builder builder = VideoSampling.builder();
    return bound.isNull()
        ? builder
        : builder.bound(bound.get(0).asDouble(), bound.get(1).asDouble());
  }

  private static int frames(JsonNode golden) {
    return golden.get("frames").asInt();
  }

  private static double fps(JsonNode golden) {
    return golden.get("fps").asDouble();
  }

  private static int[] indices(JsonNode node) {
    return StreamSupport.stream(node.get("indices").spliterator(), false)
        .mapToInt(JsonNode::asInt)
        .toArray();
  }

  private static List<String> labels(JsonNode node) {
    List<String> labels = new ArrayList<>();
    node.get("seconds").forEach(label -> labels.add(label.asText()));
    return labels;
  }
}
