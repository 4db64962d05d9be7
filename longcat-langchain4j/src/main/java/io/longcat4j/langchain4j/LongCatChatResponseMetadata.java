package io.longcat4j.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import io.longcat4j.Statistics;
import io.longcat4j.TokenLogprobs;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a LongCat tells of a reply beside its content. Immutable. */
public final class LongCatChatResponseMetadata extends ChatResponseMetadata {
  private final Statistics statistics;
  private final List<TokenLogprobs> logprobs;
  private final List<String> warnings;

  private LongCatChatResponseMetadata(Builder builder) {
    super(builder);
    this.statistics = builder.statistics;
    this.logprobs = List.copyOf(builder.logprobs);
    this.warnings = List.copyOf(builder.warnings);
  }

  static Builder of(Statistics statistics, List<TokenLogprobs> logprobs, List<String> warnings) {
    return new Builder(statistics, logprobs, warnings);
  }

  @Override
  public Builder toBuilder() {
    Builder builder = of(statistics, logprobs, warnings);
    toBuilder(builder);
    return builder;
  }

  /**
   * What the reply cost.
   *
   * @return counts and times
   */
  public Statistics statistics() {
    return statistics;
  }

  /**
   * How probable the model found each token.
   *
   * @return one for each token; empty unless {@link LongCatChatRequestParameters#topLogprobs()}
   */
  public List<TokenLogprobs> logprobs() {
    return logprobs;
  }

  /**
   * What was shortened or left out of the prompt, or malformed in the reply.
   *
   * @return sentences, usually none
   */
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other)
        && other instanceof LongCatChatResponseMetadata that
        && statistics.equals(that.statistics)
        && logprobs.equals(that.logprobs)
        && warnings.equals(that.warnings);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), statistics, logprobs, warnings);
  }

  /** Changes what langchain4j's services change, such as the sum of tokens; not thread-safe. */
  public static final class Builder extends ChatResponseMetadata.Builder<Builder> {
    private final Statistics statistics;
    private final List<TokenLogprobs> logprobs;
    private final List<String> warnings;

    private Builder(Statistics statistics, List<TokenLogprobs> logprobs, List<String> warnings) {
      this.statistics = statistics;
      this.logprobs = logprobs;
      this.warnings = warnings;
    }

    @Override
    public LongCatChatResponseMetadata build() {
      return new LongCatChatResponseMetadata(this);
    }
  }
}
