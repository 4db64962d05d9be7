package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GenerationTest {
  @Test
  void theDefaultIsGreedyText() {
    Generation generation = Generation.text();
    assertThat(generation.topK()).isEqualTo(1);
    assertThat(generation.isSpeech()).isFalse();
    assertThat(generation.seed()).isEmpty();
    assertThat(Generation.speech().isSpeech()).isTrue();
  }

  @Test
  void everyOptionSurvivesABuilder() {
    Generation generation =
        Generation.builder()
            .maxNewTokens(7)
            .temperature(0.5)
            .topK(3)
            .topP(0.25)
            .minP(0.1)
            .repetitionPenalty(1.5)
            .presencePenalty(-1)
            .frequencyPenalty(0.5)
            .logitBias(Map.of(7, -100f))
            .topLogprobs(3)
            .seed(42)
            .stop("a", "b")
            .speech(true)
            .ignoreEos(true)
            .strict(true)
            .build();
    Generation json = Generation.builder().jsonSchema("{}").build();
    assertThat(json.toBuilder().build()).usingRecursiveComparison().isEqualTo(json);
    assertThat(json.jsonSchema()).contains("{}");
    assertThat(generation.toBuilder().build()).usingRecursiveComparison().isEqualTo(generation);
  }

  @Test
  void impossibleValuesAreRefusedByName() {
    Generation.Builder builder = Generation.builder();
    assertThatThrownBy(() -> builder.maxNewTokens(0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("maxNewTokens is 0; pass at least 1");
    assertThatThrownBy(() -> builder.temperature(0)).hasMessageContaining("topK(1) for greedy");
    assertThatThrownBy(() -> builder.temperature(Double.NaN)).hasMessageContaining("temperature");
    assertThatThrownBy(() -> builder.topK(-1)).hasMessageContaining("topK is -1");
    assertThatThrownBy(() -> builder.topP(1.1)).hasMessageContaining("topP is 1.1");
    assertThatThrownBy(() -> builder.repetitionPenalty(0.9))
        .hasMessageContaining("repetitionPenalty is 0.9");
    assertThatThrownBy(() -> builder.stop("a", "")).hasMessageContaining("not empty");
    assertThatThrownBy(() -> builder.stop("\ude00")).hasMessageContaining("surrogate pair");
    assertThatThrownBy(() -> builder.minP(1.1)).hasMessage("minP is 1.1; pass 0 (off) to 1");
    assertThatThrownBy(() -> builder.presencePenalty(2.1)).hasMessageContaining("presencePenalty");
    assertThatThrownBy(() -> builder.frequencyPenalty(Double.NaN))
        .hasMessageContaining("frequencyPenalty is NaN; pass -2 to 2");
    assertThatThrownBy(() -> builder.topLogprobs(21)).hasMessageContaining("topLogprobs is 21");
    assertThatThrownBy(() -> builder.logitBias(Map.of(-1, 1f)))
        .hasMessageContaining("logitBias for id -1");
    assertThatThrownBy(() -> builder.logitBias(Map.of(5, Float.POSITIVE_INFINITY)))
        .hasMessageContaining("logitBias for id 5 is Infinity; pass a finite number");
  }

  @Test
  void aSchemaGoesWithNothingThatCutsTheDocument() {
    for (Generation.Builder builder :
        List.of(
            Generation.builder().speech(true),
            Generation.builder().stop("x"),
            Generation.builder().ignoreEos(true))) {
      assertThatThrownBy(() -> builder.json().build())
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("together with a JSON schema");
    }
  }

  @Test
  void samplingOfVideosIsCheckedToo() {
    assertThatThrownBy(() -> VideoSampling.builder().framesPerSecond(0))
        .hasMessage("framesPerSecond is 0; pass at least 1");
    assertThatThrownBy(() -> VideoSampling.builder().bound(3, 2)).hasMessageContaining("empty");
    VideoSampling sampling = VideoSampling.builder().bound(1, 2).maxFrames(4).build();
    assertThat(sampling.toBuilder().build()).usingRecursiveComparison().isEqualTo(sampling);
    assertThat(sampling.bound()).contains(new VideoSampling.Bound(1, 2));
  }
}
