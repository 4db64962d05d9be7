package io.longcat4j.boot;

import io.longcat4j.CachePrecision;
import io.longcat4j.Experts;
import io.longcat4j.Numerics;
import io.longcat4j.WeightMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What {@code application.properties} says about the model. A property that is not set leaves the
 * default of {@link io.longcat4j.LongCat.Builder}; one that is not known ends the start.
 *
 * @param model checkpoint directory in the published layout; LongCat-Tiny where it is not set
 * @param modelName what the model is called in responses and metrics
 * @param backend what computes the language model: auto, cpu, reference or cuda
 * @param numerics how exactly the language model is computed
 * @param threads worker threads; one a core where it is not set
 * @param pinThreads whether each worker thread stays on a CPU of its own
 * @param contextLength upper bound of the positions of one request
 * @param cacheDirectory where native libraries and LongCat-Tiny are unpacked
 * @param experts how ranks share the experts
 * @param ranks over how many ranks of this process the language model is spread
 * @param videoSound whether the sound track of videos is heard too
 * @param weights how the weights come into memory
 * @param devices where encoders and voice are computed
 * @param attention which cached positions a generated token looks at, as in {@code
 *     pages:2048,sinks=4}; all of them where it is not set
 * @param scheduling how many requests are served at once
 * @param gpus which GPUs compute the language model
 * @param chat what holds where a request to a chat model says nothing
 */
@ConfigurationProperties(prefix = "longcat", ignoreUnknownFields = false)
public record LongCatProperties(
    @Nullable Path model,
    @DefaultValue("longcat") String modelName,
    @Nullable String backend,
    @Nullable Numerics numerics,
    @Nullable Integer threads,
    @Nullable Boolean pinThreads,
    @Nullable Integer contextLength,
    @Nullable Path cacheDirectory,
    @Nullable Experts experts,
    @Nullable Integer ranks,
    @DefaultValue("false") boolean videoSound,
    @DefaultValue Weights weights,
    @DefaultValue Devices devices,
    @Nullable String attention,
    @DefaultValue Schedule scheduling,
    @DefaultValue GpuChoice gpus,
    @DefaultValue Chat chat) {

  /**
   * How the weights come into memory.
   *
   * @param mode on demand, read ahead, preloaded or locked
   * @param hugePages whether they lie in huge pages
   */
  public record Weights(
      WeightMemory.@Nullable Mode mode, @DefaultValue("false") boolean hugePages) {}

  /**
   * Where encoders and voice are computed: cpu, or cuda:NUMBER.
   *
   * @param encoders all of them
   * @param eyes pictures and videos
   * @param ears sounds
   * @param voice speech
   */
  public record Devices(
      @Nullable String encoders,
      @Nullable String eyes,
      @Nullable String ears,
      @Nullable String voice) {}

  /**
   * How many requests are served at once.
   *
   * @param maxRunning requests that run together
   * @param queueLimit requests that may wait; a further one is refused as busy
   * @param prefillChunk positions of joining prompts in one pass, at most
   * @param maxGap how much longer than usual a pass may take for those who join
   * @param cacheSize memory of the latent cache
   * @param cachePrecision numbers of the latent cache
   * @param speculative whether multi-token prediction drafts, where the checkpoint has it
   */
  public record Schedule(
      @Nullable Integer maxRunning,
      @Nullable Integer queueLimit,
      @Nullable Integer prefillChunk,
      @Nullable Double maxGap,
      @Nullable DataSize cacheSize,
      @Nullable CachePrecision cachePrecision,
      @Nullable Boolean speculative) {}

  /**
   * Which GPUs compute the language model.
   *
   * @param only their numbers; all where there are none
   * @param memory how much of each one's memory is taken, at most
   * @param sharing whether several ranks may share one
   * @param expertsOnHost whether experts stay in the machine's memory
   */
  public record GpuChoice(
      @DefaultValue List<Integer> only,
      @Nullable DataSize memory,
      @DefaultValue("false") boolean sharing,
      @DefaultValue("false") boolean expertsOnHost) {}

  /**
   * What holds where a request to a chat model says nothing.
   *
   * @param speech whether replies are spoken too
   * @param maxTokens upper bound of the model's steps
   * @param temperature divisor of the logits; 0 is greedy
   * @param topP probability mass that stays
   * @param topK how many of the most probable tokens stay
   * @param seed of the sampler
   * @param timeout how long the words of a reply may take
   */
  public record Chat(
      @DefaultValue("false") boolean speech,
      @Nullable Integer maxTokens,
      @Nullable Double temperature,
      @Nullable Double topP,
      @Nullable Integer topK,
      @Nullable Long seed,
      @Nullable Duration timeout) {}
}
